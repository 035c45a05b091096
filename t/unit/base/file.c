/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <endian.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <sys/xattr.h>
#endif

#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static char directory[] = "/tmp/file.XXXXXX";
static char path[64];

static void check_modes(void)
{
    static const struct {
        mode_t mode;
        bool readable, writable;
    } modes[] = {{0600, false, false}, {0400, false, false}, {0640, true, false}, {0604, true, false},
                 {0644, true, false},  {0440, true, false},  {0404, true, false}, {0700, false, false},
                 {0620, false, true},  {0602, false, true},  {0666, true, true},  {0711, false, false}};
    for (size_t i = 0; i < COUNT(modes); i++) {
        struct stat status;
        char readers[FILE_OTHERS_SIZE] = "", writers[FILE_OTHERS_SIZE] = "";
        chmod(path, modes[i].mode);
        int fd = file_open(path, &status);
        bool readable = file_others(fd, &status, FILE_READ, readers),
             writable = file_others(fd, &status, FILE_WRITE, writers);
        ok(readable == modes[i].readable && writable == modes[i].writable, "others can %s a file of mode %04o",
           modes[i].readable && modes[i].writable ? "read and write"
           : modes[i].readable                    ? "read"
           : modes[i].writable                    ? "write"
                                                  : "not use",
           (unsigned)modes[i].mode);
        is_str(readers, readable ? "group or others" : "", "they are named");
        close(fd);
    }
    chmod(path, 0600);
}

#ifdef __linux__

/* One entry of an ACL. */
struct entry {
    uint16_t tag, allowed;
    uid_t id;
};

#define STRANGER 4000000
#define NOBODY ((uid_t)ACL_UNDEFINED_ID)

static void set_acl(const struct entry *entries)
{
    struct {
        struct posix_acl_xattr_header header;
        struct posix_acl_xattr_entry entries[8];
    } acl = {.header.a_version = htole32(POSIX_ACL_XATTR_VERSION)};
    size_t count = 0;
    for (; entries[count].tag != 0; count++) {
        acl.entries[count].e_tag = htole16(entries[count].tag);
        acl.entries[count].e_perm = htole16(entries[count].allowed);
        acl.entries[count].e_id = htole32(entries[count].id);
    }
    size_t size = sizeof acl.header + count * sizeof acl.entries[0];
    if (setxattr(path, "system.posix_acl_access", &acl, size, 0) != 0)
        diag("this file system has no ACLs: %s", strerror(errno));
}

static void check_acls(void)
{
    const struct {
        const char *name;
        struct entry entries[8];
        const char *readers, *writers; /* "" for none */
    } rows[] = {
        {"an ACL that opens a file to a stranger",
         {{ACL_USER_OBJ, 6, NOBODY},
          {ACL_USER, 4, STRANGER},
          {ACL_GROUP_OBJ, 0, NOBODY},
          {ACL_MASK, 4, NOBODY},
          {ACL_OTHER, 0, NOBODY}},
         "user 4000000 (by an ACL)",
         ""},
        {"one that opens it to this process and to root",
         {{ACL_USER_OBJ, 6, NOBODY},
          {ACL_USER, 6, 0},
          {ACL_USER, 6, geteuid() ? geteuid() : 1},
          {ACL_GROUP_OBJ, 0, NOBODY},
          {ACL_MASK, 6, NOBODY},
          {ACL_OTHER, 0, NOBODY}},
         geteuid() ? "" : "user 1 (by an ACL)",
         geteuid() ? "" : "user 1 (by an ACL)"},
        {"one whose mask closes it again",
         {{ACL_USER_OBJ, 6, NOBODY},
          {ACL_USER, 6, STRANGER},
          {ACL_GROUP_OBJ, 6, NOBODY},
          {ACL_GROUP, 6, STRANGER},
          {ACL_MASK, 0, NOBODY},
          {ACL_OTHER, 0, NOBODY}},
         "",
         ""},
        {"one whose mask closes it half",
         {{ACL_USER_OBJ, 6, NOBODY},
          {ACL_USER, 6, STRANGER},
          {ACL_GROUP_OBJ, 0, NOBODY},
          {ACL_MASK, 2, NOBODY},
          {ACL_OTHER, 0, NOBODY}},
         "",
         "user 4000000 (by an ACL)"},
        {"one for the file's group",
         {{ACL_USER_OBJ, 6, NOBODY},
          {ACL_USER, 0, STRANGER},
          {ACL_GROUP_OBJ, 4, NOBODY},
          {ACL_MASK, 6, NOBODY},
          {ACL_OTHER, 0, NOBODY}},
         "group or others",
         ""},
        {"one for another group",
         {{ACL_USER_OBJ, 6, NOBODY},
          {ACL_GROUP_OBJ, 0, NOBODY},
          {ACL_GROUP, 2, STRANGER},
          {ACL_MASK, 6, NOBODY},
          {ACL_OTHER, 0, NOBODY}},
         "",
         "group or others"},
        {"one for all others",
         {{ACL_USER_OBJ, 6, NOBODY},
          {ACL_USER, 4, 0},
          {ACL_GROUP_OBJ, 0, NOBODY},
          {ACL_MASK, 4, NOBODY},
          {ACL_OTHER, 4, NOBODY}},
         "group or others",
         ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stat status;
        char readers[FILE_OTHERS_SIZE] = "", writers[FILE_OTHERS_SIZE] = "";
        set_acl(rows[i].entries);
        int fd = file_open(path, &status);
        bool readable = file_others(fd, &status, FILE_READ, readers),
             writable = file_others(fd, &status, FILE_WRITE, writers);
        ok(readable == (rows[i].readers[0] != '\0'), "%s", rows[i].name);
        is_str(readers, rows[i].readers, "  its readers: '%s'", rows[i].readers);
        ok(writable == (rows[i].writers[0] != '\0'), "  whether others write");
        is_str(writers, rows[i].writers, "  its writers: '%s'", rows[i].writers);
        close(fd);
    }
    removexattr(path, "system.posix_acl_access");
    chmod(path, 0600);
}

#else

static void check_acls(void)
{
}

#endif

static void check_reading(void)
{
    static const struct {
        size_t size;
        ssize_t expected;
    } reads[] = {{0, 0}, {3, 3}, {5, 5}, {6, 5}};
    for (size_t i = 0; i < COUNT(reads); i++) {
        char buffer[8] = "";
        struct stat status;
        int fd = file_open(path, &status);
        is_int(file_read(fd, buffer, reads[i].size), reads[i].expected, "%zu bytes of a file of 5", reads[i].size);
        ok(memcmp(buffer, "12345", (size_t)reads[i].expected) == 0, "are its first");
        close(fd);
    }
    char buffer[8];
    errno = 0;
    ok(file_read(-1, buffer, sizeof buffer) == -1 && errno == EBADF, "what cannot be read says why");
}

static void check_kinds(void)
{
    struct stat status;
    errno = 0;
    ok(file_open(directory, &status) == -1 && errno == 0, "a directory is no regular file");
    unlink(path);
    ok(file_open(path, &status) == -1 && errno == ENOENT, "what is missing says so");
    ok(mkfifo(path, 0600) == 0, "there is a FIFO");
    errno = EINVAL;
    ok(file_open(path, &status) == -1 && errno == 0, "a FIFO that nobody writes to is no regular file, and no wait");
    unlink(path);
}

int main(void)
{
    if (!mkdtemp(directory))
        return 1;
    snprintf(path, sizeof path, "%s/file", directory);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    ok(fd >= 0 && write(fd, "12345", 5) == 5, "there is a file of 5 bytes");
    close(fd);
    check_modes();
    check_acls();
    check_reading();
    check_kinds();
    rmdir(directory);
    done_testing();
    return exit_status();
}
