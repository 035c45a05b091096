/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The password of a configuration file: who may read it, which one counts, and that none of it is left. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "tap.h"

static char directory[] = "/tmp/config_password.XXXXXX";

static void check_password(mode_t mode, mode_t included, const char *expected)
{
    struct settings settings;
    struct line why = LINE_EMPTY;
    write_file("f", "defaults = {\n@include \"password\"\n}", mode);
    write_file("password", "\npassword = \"sesame \\x41\";", included);
    read_arguments(&settings, "-f f");
    bool good = config_load(&settings, &why);
    is_str(why.text, expected, "a file of mode %o that includes a password of mode %o: '%s'", mode, included, expected);
    if (good)
        is_str(settings.password->value, "sesame A", "the password is the one of the file");
    unlink("password");
    settings_free(&settings);
}

static void check_passwords(void)
{
    check_password(0600, 0600, "");
    check_password(0644, 0600, "");
    check_password(0600, 0640, "password:2: password: is in a file that group or others can read");
    check_password(0600, 0604, "password:2: password: is in a file that group or others can read");

    struct settings settings;
    char text[1200];
    struct line why = LINE_EMPTY;
    write_file("f", "defaults = { password = \"low\" }; profiles = { a = { password = \"high\" } };", 0600);
    read_arguments(&settings, "-f f -P a -j a@b.example");
    config_load(&settings, &why);
    is_str(settings.password->value, "high", "a profile's password wins over the defaults'");
    setenv(SECRET_VARIABLE, "environment", 1);
    settings_read_password(&settings, &why);
    is_str(settings.password->value, "environment", "the environment's wins over both");
    settings_free(&settings);

    write_file("f", "defaults = { password = \"low\"; password_file = \"secret\"; };", 0600);
    write_file("secret", "file\n", 0600);
    setenv(SECRET_VARIABLE, "environment", 1);
    read_arguments(&settings, "-f f -j a@b.example");
    ok(config_load(&settings, &why) && settings_read_password(&settings, &why),
       "a password and a file of one go together");
    is_str(settings.password->value, "file", "the file's wins over all");
    settings_free(&settings);
    unlink("secret");

    read_arguments(&settings, "-f f -j a@b.example");
    snprintf(text, sizeof text, "defaults = { password = \"%01024d\" };", 0);
    write_file("f", text, 0600);
    config_load(&settings, &why);
    is_str(why.text, "f:1: password: is too long", "a password of 1024 bytes is too long");
    settings_free(&settings);
}

#if !defined(__SANITIZE_ADDRESS__)
/* How often NEEDLE, given with each bit turned, stands in this process's heap. */
static int count_in_heap(const char *turned, size_t length)
{
    char line[256];
    unsigned long begin = 0, end = 0;
    int count = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        if (strstr(line, "[heap]"))
            sscanf(line, "%lx-%lx", &begin, &end);
    }
    if (maps)
        fclose(maps);
    for (const char *at = (const char *)begin; at + length < (const char *)end; at++) {
        size_t same = 0;
        while (same < length && at[same] == (char)~turned[same])
            same++;
        count += same == length;
    }
    return count;
}
#endif

/* Password of such a length, which says in which of the C library's lists what is freed ends up. */
static void check_heap(size_t length, bool good)
{
#if !defined(__SANITIZE_ADDRESS__)
    char turned[1024];
    struct line why = LINE_EMPTY;
    struct settings settings;
    for (size_t i = 0; i < length; i++)
        turned[i] = (char)~("abcdefghijklmnopqrstuvwxyz"[(i * 7 + i / 26) % 26]);
    FILE *file = fopen("f", "w");
    fputs("defaults = { jid = \"a@b.example\"; password = \"", file);
    for (size_t i = 0; i < length; i++)
        fputc(~turned[i] & 0xff, file);
    fputs(good ? "\"; };" : "\"; nonsense = 1; };", file);
    setvbuf(file, NULL, _IONBF, 0);
    fclose(file);
    chmod("f", 0600);
    char *shade = malloc(16384); /* what stdio has left of the file */
    if (shade)
        explicit_bzero(shade, 16384);
    free(shade);
    read_arguments(&settings, "-f f");
    ok(config_load(&settings, &why) == good, "a file with a password of %zu bytes is %s", length,
       good ? "read" : "refused");
    settings_free(&settings);
    size_t looked = length > 40 ? 32 : length - 4; /* in the midst: lists of free memory hold their pointers in front */
    is_int(count_in_heap(turned + (length - looked), looked), 0, "nothing of it is left in the heap");
#else
    ok(true, "the heap with a password of %zu bytes%s is looked at without sanitizers", length,
       good ? "" : ", refused");
#endif
}

int main(void)
{
    if (!mkdtemp(directory) || chdir(directory) != 0)
        return 1;
    check_passwords();
    static const size_t lengths[] = {12, 24, 63, 64, 120, 500, 1000};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        check_heap(lengths[i], true);
        check_heap(lengths[i], false);
    }
    unlink("f");
    if (chdir("/") != 0 || rmdir(directory) != 0)
        diag("%s is left", directory);
    done_testing();
    return exit_status();
}
