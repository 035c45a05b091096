/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are large, deep or many, or no text. */
#include "source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "config.h"
#include "tap.h"

static char directory[] = "/tmp/config_source.XXXXXX";

static void check_size(void)
{
    struct settings settings;
    struct line why = LINE_EMPTY;
    FILE *file = fopen("f", "w");
    for (size_t i = 0; i < SOURCE_MOST / 16 + 1; i++)
        fputs("# fifteen bytes\n", file);
    fclose(file);
    read_arguments(&settings, "-f f");
    ok(!config_load(&settings, &why), "a huge file is refused");
    is_str(why.text, "f:1: more than 262144 bytes, with all that is included", "it says so");
    settings_free(&settings);

    file = fopen("f", "w");
    fputs("defaults = { remotes = ", file);
    for (int i = 0; i < 100000; i++)
        fputc('(', file);
    fclose(file);
    read_arguments(&settings, "-f f");
    ok(!config_load(&settings, &why), "deep nesting is refused");
    is_str(why.text, "f:1: nested too deep", "it says so");
    settings_free(&settings);

    for (int i = 0; i < 12; i++) {
        char name[16], text[64];
        snprintf(name, sizeof name, "deep%d", i);
        snprintf(text, sizeof text, "@include \"deep%d\"\n", i + 1);
        write_file(name, i < 11 ? text : "", 0600);
    }
    read_arguments(&settings, "-f deep0");
    ok(!config_load(&settings, &why), "files that include each other too deep are refused");
    is_str(why.text, "deep10:1: @include: deep11: is included too deep", "it says so");
    settings_free(&settings);
    read_arguments(&settings, "-f deep1");
    ok(config_load(&settings, &why), "one file less is taken");
    settings_free(&settings);
    for (int i = 0; i < 12; i++) {
        char name[16];
        snprintf(name, sizeof name, "deep%d", i);
        unlink(name);
    }

    file = fopen("f", "w");
    for (int i = 0; i < SOURCE_FILES_MOST; i++)
        fputs("@include \"good\"\n", file);
    fclose(file);
    read_arguments(&settings, "-f f");
    ok(!config_load(&settings, &why), "too many files are refused");
    is_str(why.text, "f:1000: @include: good: is one file too many", "it says so");
    settings_free(&settings);
}

static void check_bytes(void)
{
    struct settings settings;
    struct line why = LINE_EMPTY;
    FILE *file = fopen("f", "w");
    fwrite("defaults = { };\n\0rest = 1;", 1, 26, file);
    fclose(file);
    read_arguments(&settings, "-f f");
    ok(!config_load(&settings, &why), "a NUL byte is refused");
    is_str(why.text, "f:1: a NUL byte is in the file", "it says so");
    settings_free(&settings);
}

int main(void)
{
    if (!mkdtemp(directory) || chdir(directory) != 0)
        return 1;
    write_file("good", "# nothing\n", 0644);
    check_size();
    check_bytes();
    unlink("f");
    unlink("good");
    if (chdir("/") != 0 || rmdir(directory) != 0)
        diag("%s is left", directory);
    done_testing();
    return exit_status();
}
