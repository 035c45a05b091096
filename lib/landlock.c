/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "landlock.h"

#include <sys/syscall.h>

#if defined SYS_landlock_create_ruleset && __has_include(<linux/landlock.h>)

#include <dirent.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* From version 6 of the kernel's struct landlock_ruleset_attr, which headers may be too old for. An older kernel takes
 * it as long as what it does not know is 0. */
struct rights {
    uint64_t files;
    uint64_t ports;
    uint64_t neighbours;
};

/* From version 4 of the kernel's header. */
struct port_rule {
    uint64_t rights;
    uint64_t port;
};
#define RULE_PORT 2
#define BIND UINT64_C(1)
#define CONNECT UINT64_C(2)
#define ABSTRACT_SOCKETS UINT64_C(1)
#define SIGNALS UINT64_C(2)

/* How many rights about files each version has: they are the lowest bits. */
static const int file_rights[] = {0, 13, 14, 15, 15, 16, 16};
#define LAST_KNOWN ((int)(sizeof file_rights / sizeof file_rights[0]) - 1)

int landlock_version(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

/* What is handled here is barred, but for what rules allow. Returns a descriptor, or -1. */
static int begin(const struct rights *handled)
{
    return (int)syscall(SYS_landlock_create_ruleset, handled, sizeof *handled, 0);
}

/* Puts it in force if all of it could be MADE. Takes RULES over. */
static bool end(int rules, bool made)
{
    bool good = made && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return good;
}

/* Takes FD over, which is open for nothing but this. */
static bool allow_reading(int rules, int fd)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE, .parent_fd = fd};
    bool good = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(fd);
    return good;
}

static bool allow_file(int rules, int directory, const char *name)
{
    struct stat status;
    int fd = openat(directory, name, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return true;
    if (fstat(fd, &status) == 0 && !S_ISDIR(status.st_mode))
        return allow_reading(rules, fd);
    close(fd);
    return true;
}

/* Whether a link with this TARGET leads to what one of DIRECTORIES allows already, by its text alone: all hundreds of
 * links of the system's CAs do. */
static bool stays_within(const char *target, const char *const *directories)
{
    if (!strchr(target, '/'))
        return strcmp(target, "..") != 0;
    if (strstr(target, "/.."))
        return false;
    for (size_t i = 0; directories[i]; i++) {
        size_t length = strlen(directories[i]);
        if (strncmp(target, directories[i], length) == 0 && target[length] == '/')
            return true;
    }
    return false;
}

static bool allow_links(int rules, DIR *directory, const char *const *directories)
{
    const struct dirent *entry;
    char target[PATH_MAX];
    while ((entry = readdir(directory))) {
        ssize_t length = entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN
                             ? readlinkat(dirfd(directory), entry->d_name, target, sizeof target - 1)
                             : 0;
        if (length <= 0)
            continue;
        target[length] = '\0';
        if (!stays_within(target, directories) && !allow_file(rules, dirfd(directory), entry->d_name))
            return false;
    }
    return true;
}

static bool allow_directory(int rules, const char *path, const char *const *directories)
{
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return true;
    if (!allow_reading(rules, fd))
        return false;
    DIR *directory = opendir(path);
    bool good = !directory || allow_links(rules, directory, directories);
    if (directory)
        closedir(directory);
    return good;
}

/* PATHS with colons between them. */
static bool allow_directories(int rules, const char *paths, const char *const *directories)
{
    for (const char *at = paths; *at; at += strcspn(at, ":"), at += *at == ':') {
        char path[PATH_MAX];
        size_t length = strcspn(at, ":");
        if (length >= sizeof path)
            continue;
        memcpy(path, at, length);
        path[length] = '\0';
        if (!allow_directory(rules, path, directories))
            return false;
    }
    return true;
}

bool landlock_bar_files(int version, const char *const *files, const char *const *directories)
{
    if (version < 1)
        return false;
    int known = version < LAST_KNOWN ? version : LAST_KNOWN;
    struct rights handled = {.files = (UINT64_C(1) << file_rights[known]) - 1,
                             .ports = version >= LANDLOCK_VERSION_PORTS ? BIND : 0,
                             .neighbours = version >= 6 ? ABSTRACT_SOCKETS | SIGNALS : 0};
    int rules = begin(&handled);
    if (rules < 0)
        return false;
    bool made = true;
    for (size_t i = 0; files[i] && made; i++)
        made = allow_file(rules, AT_FDCWD, files[i]);
    for (size_t i = 0; directories[i] && made; i++)
        made = allow_directories(rules, directories[i], directories);
    return end(rules, made);
}

bool landlock_bar_ports(const uint16_t *ports, size_t count)
{
    int rules = begin(&(struct rights){.ports = CONNECT});
    if (rules < 0)
        return false;
    bool made = true;
    for (size_t i = 0; i < count && made; i++) {
        struct port_rule rule = {.rights = CONNECT, .port = ports[i]};
        made = syscall(SYS_landlock_add_rule, rules, RULE_PORT, &rule, 0) == 0;
    }
    return end(rules, made);
}

#else

int landlock_version(void)
{
    return 0;
}

bool landlock_bar_files(int version, const char *const *files, const char *const *directories)
{
    (void)version, (void)files, (void)directories;
    return false;
}

bool landlock_bar_ports(const uint16_t *ports, size_t count)
{
    (void)ports, (void)count;
    return false;
}

#endif
