/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of --extra-opts. */
#include "extra_opts.h"

#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("ini", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    char locator[64];
    struct line why = LINE_EMPTY;
    snprintf(locator, sizeof locator, "--extra-opts=section@/proc/self/fd/%d", fd);
    char *argv[] = {"check_xmpp_ping", locator, "-n", "7", NULL};
    struct extra_opts extra;
    struct settings settings;
    if (!extra_opts_expand(4, argv, &extra, &why)) {
        EXPECT(strncmp(why.text, "--extra-opts", 12) == 0, "%s", why.text);
        extra_opts_free(&extra);
        return 0;
    }
    EXPECT(*why.text == '\0', "%s", why.text);
    EXPECT(extra.argc == extra.added + 3 && !extra.argv[extra.argc], "%d of %d words", extra.added, extra.argc);
    for (int i = 1; i <= extra.added; i++)
        EXPECT(extra.argv[i][0] == '-' && strncmp(extra.argv[i], "--extra-opts", 12) != 0, "%s", extra.argv[i]);
    EXPECT(strcmp(extra.argv[extra.argc - 2], "-n") == 0, "%s", extra.argv[extra.argc - 2]);
    if (!settings_init(&settings))
        abort();
    if (options_parse(extra.argc, extra.argv, &settings, &why) == OPTIONS_RUN)
        EXPECT(settings.count == 7, "the command line does not win: %d", settings.count);
    settings_free(&settings);
    extra_opts_free(&extra);
    return 0;
}
