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

static bool allow_path(int rules, int directory, const char *path)
{
    int fd = openat(directory, path, O_PATH | O_CLOEXEC);
    return fd < 0 || allow_reading(rules, fd);
}

/* Whether a link with this TARGET leads nowhere but into its own directory or below one of PATHS, by its text alone: so
 * do all hundreds of links of the system's CAs. */
static bool stays_within(const char *target, const char *const *paths)
{
    if (!strchr(target, '/'))
        return true;
    if (strstr(target, "/.."))
        return false;
    for (size_t i = 0; paths[i]; i++) {
        size_t length = strlen(paths[i]);
        if (strncmp(target, paths[i], length) == 0 && target[length] == '/')
            return true;
    }
    return false;
}

/* To a file: a link to a directory would let too much in, and has no use here. */
static bool allow_link(int rules, int directory, const char *name)
{
    struct stat status;
    return fstatat(directory, name, &status, 0) != 0 || !S_ISREG(status.st_mode) || allow_path(rules, directory, name);
}

static bool allow_links(int rules, DIR *directory, const char *const *paths)
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
        if (!stays_within(target, paths) && !allow_link(rules, dirfd(directory), entry->d_name))
            return false;
    }
    return true;
}

static bool allow_directory(int rules, const char *path, const char *const *paths)
{
    if (!allow_path(rules, AT_FDCWD, path))
        return false;
    DIR *directory = opendir(path);
    bool good = !directory || allow_links(rules, directory, paths);
    if (directory)
        closedir(directory);
    return good;
}

static bool allow_directories(int rules, const char *directories, const char *const *paths)
{
    for (const char *at = directories; *at; at += strcspn(at, ":"), at += *at == ':') {
        char path[PATH_MAX];
        size_t length = strcspn(at, ":");
        if (length >= sizeof path)
            continue;
        memcpy(path, at, length);
        path[length] = '\0';
        if (!allow_directory(rules, path, paths))
            return false;
    }
    return true;
}

bool landlock_bar_files(int version, const char *const *paths, const char *directories)
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
    for (size_t i = 0; paths[i] && made; i++)
        made = allow_path(rules, AT_FDCWD, paths[i]);
    return end(rules, made && (!directories || allow_directories(rules, directories, paths)));
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

bool landlock_bar_files(int version, const char *const *paths, const char *directories)
{
    (void)version, (void)paths, (void)directories;
    return false;
}

bool landlock_bar_ports(const uint16_t *ports, size_t count)
{
    (void)ports, (void)count;
    return false;
}

#endif
