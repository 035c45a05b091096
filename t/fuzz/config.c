/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Configuration files, as --config-test and as each of their profiles is taken. A file that includes others is left
 * out: they would be the machine's. */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_report.h"
#include "fuzz.h"
#include "judged.h"
#include "options.h"

/* libconfig 1.5 loses a string in which a syntax error is. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

#define PROFILES_MAX 8

static char path[40];

/* Whether LINE begins with the file's name and a line's number, as errors in it do. */
static bool names_place(const char *why)
{
    size_t length = strlen(path);
    return strncmp(why, path, length) == 0 && why[length] == ':' &&
           (why[length + 1] == ' ' || strspn(why + length + 1, "0123456789") > 0);
}

static void check_profile(const struct config *config, const char *profile)
{
    char *argv[] = {"check_xmpp_ping", "-j", "a@example.org", NULL};
    struct line why = LINE_EMPTY;
    struct settings settings;
    if (!settings_init(&settings) || options_parse(3, argv, &settings, &why) != OPTIONS_RUN)
        abort();
    settings.profile = profile ? settings_keep(&settings, profile) : NULL;
    struct mistakes mistakes = MISTAKES_NONE;
    if (config_check_defaults(config, &mistakes) && config_check_profile(config, profile, &mistakes) &&
        config_apply(config, &settings, &mistakes)) {
        bool good = fuzz_check(&settings, &why);
        EXPECT(good || *why.text != '\0', "refused without a reason");
        EXPECT(!good || (settings.timeout > 0 && settings.target_count > 0), "settings without a time or a target");
        EXPECT(strcmp(settings.jid_text, argv[2]) == 0, "the file wins over the command line: %s", settings.jid_text);
        for (size_t i = 0; good && i < settings.target_count; i++)
            EXPECT(settings.targets[i].count > 0, "%d pings", settings.targets[i].count);
    }
    for (size_t i = 0; i < mistakes.count; i++)
        EXPECT(names_place(mistakes.sentences[i]), "no place: %s", mistakes.sentences[i]);
    mistakes_free(&mistakes);
    settings_free(&settings);
}

/* What --config-test prints. */
static void check_test(void)
{
    char *argv[] = {"check_xmpp_ping", "-j", "a@example.org", "--config-test", "-f", path, NULL};
    struct settings settings;
    char *text = NULL;
    struct line why = LINE_EMPTY;
    size_t size = 0;
    if (!settings_init(&settings) || options_parse(6, argv, &settings, &why) != OPTIONS_RUN)
        abort();
    FILE *out = open_memstream(&text, &size);
    enum state state = config_report(out, 6, argv, &settings, settings_check);
    fclose(out);
    EXPECT(state == STATE_OK || state == STATE_UNKNOWN, "state %d", state);
    EXPECT(strlen(text) == size && strncmp(text, "XMPP PING ", 10) == 0, "%s", text);
    EXPECT(strncmp(text + 10, state_name(state), strlen(state_name(state))) == 0, "%s", text);
    EXPECT(fuzz_is_utf8(text, size) && !strpbrk(text, "\x1b\x7f"), "%s", text);
    char *rest = text;
    EXPECT(fuzz_is_clean(fuzz_line(&rest)), "%s", text);
    free(text);
    settings_free(&settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    if (fd < 0) {
        fd = memfd_create("config", MFD_CLOEXEC);
        if (fd < 0 || fchmod(fd, S_IRUSR) != 0)
            abort();
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (memmem(data, size, "@include", 8))
        return 0;
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    struct line why = LINE_EMPTY;
    struct config config;
    if (config_open(&config, path, &why)) {
        check_profile(&config, NULL);
        size_t count = config_profile_count(&config);
        for (size_t i = 0; i < count && i < PROFILES_MAX; i++) {
            check_profile(&config, config_profile_name(&config, i));
        }
    } else {
        EXPECT(names_place(why.text), "no place: %s", why.text);
    }
    config_close(&config);
    check_test();
    return 0;
}
