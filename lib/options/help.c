/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What --help and --version print. */
#include "options.h"

#include <ares.h>
#include <jansson.h>
#include <libconfig.h>
#include <openssl/crypto.h>
#include <string.h>
#include <stringprep.h>
#include <strophe.h>

#ifdef HAVE_LIBSECCOMP
#include <seccomp.h>
#endif

#include "idna.h"

#define WIDTH 80

/* Where the texts of options begin. */
#define TEXT_COLUMN 28

/* Prints the words of TEXT from COLUMN on; further lines begin at INDENT. */
static void print_words(FILE *out, const char *text, int column, int indent)
{
    const char *separator = "";
    while (*text != '\0') {
        int length = (int)strcspn(text, " ");
        if (*separator != '\0' && column + 1 + length > WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
            separator = "";
        }
        column += fprintf(out, "%s%.*s", separator, length, text);
        separator = " ";
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

static void print_option(FILE *out, const struct option_row *row)
{
    int column =
        row->letter ? fprintf(out, "  -%c, --%s", row->letter, row->name) : fprintf(out, "      --%s", row->name);
    if (row->argument)
        column += fprintf(out, row->optional ? "[=%s]" : "=%s", row->argument);
    if (column > TEXT_COLUMN - 2) {
        fputc('\n', out);
        column = 0;
    }
    fprintf(out, "%*s", TEXT_COLUMN - column, "");
    struct line text = option_help(row);
    if (row->repeatable)
        line_add(&text, "; repeatable");
    if (row->standard)
        line_add(&text, " (default: %s)", row->standard);
    print_words(out, text.text, TEXT_COLUMN, TEXT_COLUMN);
}

void options_print_help(FILE *out)
{
    fputs("Usage: check_xmpp_ping -j JID [OPTION]...\n"
          "Logs in to an XMPP server, pings it and others, and says in one line how that\n"
          "went.\n",
          out);
    const char *group = "";
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (strcmp(row->group, group) != 0)
            fprintf(out, "\n%s:\n", row->group);
        group = row->group;
        print_option(out, row);
    }
    fputs("\n"
          "DURATION is a number with us, ms, s, m or h; without a unit it is seconds.\n"
          "WARNING, CRITICAL, RTT and LOSS are ranges [@][start:][end]: 10 alerts above 10\n"
          "and below 0, 10: below 10, ~:10 above 10, @5:10 from 5 to 10. Ends that are\n"
          "times may have a unit: 200ms.\n"
          "\n"
          "Exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (and this help).\n"
          "Example: check_xmpp_ping -j probe@example.org --password-file=secret -w 200ms\n"
          "The manual, check_xmpp_ping(" MANUAL_SECTION "), lists all conditions and metrics. A report of a\n"
          "bug should have the output of --version and of the failing check with -vvv.\n",
          out);
}

/* libstrophe has no call that tells its version, only one that tells whether another is compatible: one of the same
 * major and no lower minor version. */
static int strophe_minor(void)
{
    int minor = 0;
    while (minor < 99 && !xmpp_version_check(0, minor))
        minor++;
    return minor;
}

/* Writes to OUT the version of libseccomp, which the child's sandbox is made with, or that there is none. Returns OUT.
 */
static const char *sandbox_version(char *out, size_t size)
{
#ifdef HAVE_LIBSECCOMP
    snprintf(out, size, "libseccomp %d.%d.%d", SCMP_VER_MAJOR, SCMP_VER_MINOR, SCMP_VER_MICRO); /* at the build */
#else
    snprintf(out, size, "no libseccomp: no sandbox");
#endif
    return out;
}

void options_print_version(FILE *out)
{
    char text[300];
    char sandbox[32];
    const char *idna = idna_version();
    snprintf(text, sizeof text,
             "check_xmpp_ping %s (libstrophe 0.%d, OpenSSL %s, libconfig %d.%d, c-ares %s, libidn %s, "
             "libidn2 %s, jansson %s, %s)",
             VERSION, strophe_minor(), OpenSSL_version(OPENSSL_VERSION_STRING), LIBCONFIG_VER_MAJOR,
             LIBCONFIG_VER_MINOR, ARES_VERSION_STR, stringprep_check_version(NULL), idna ? idna : "is not here",
             JANSSON_VERSION, sandbox_version(sandbox, sizeof sandbox));
    print_words(out, text, 0, 4);
}
