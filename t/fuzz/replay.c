/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target with the files that are named, or all files of the directories that are, once each: main() where
 * libFuzzer is not. */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

static int replayed;

static bool replay_file(const char *path)
{
    FILE *file = fopen(path, "re");
    uint8_t *data = NULL;
    struct stat status;
    bool done = false;
    if (file && fstat(fileno(file), &status) == 0) {
        size_t size = (size_t)status.st_size;
        data = malloc(size ? size : 1); /* of its exact size, so that AddressSanitizer sees what reads beyond */
        done = data && fread(data, 1, size, file) == size;
    }
    if (done)
        LLVMFuzzerTestOneInput(data, (size_t)status.st_size);
    else
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    replayed += done;
    free(data);
    if (file)
        fclose(file);
    return done;
}

static bool replay_directory(DIR *directory, const char *path)
{
    bool done = true;
    for (struct dirent *entry; (entry = readdir(directory));) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            done = replay_file(file) && done;
    }
    return done;
}

int main(int argc, char *argv[])
{
    bool done = true;
    for (int i = 1; i < argc; i++) {
        DIR *directory = opendir(argv[i]);
        done = (directory ? replay_directory(directory, argv[i]) : replay_file(argv[i])) && done;
        if (directory)
            closedir(directory);
    }
    printf("%d replayed\n", replayed);
    return done ? 0 : 1;
}
