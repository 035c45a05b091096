/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>
#ifdef __linux__
#include <endian.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <sys/xattr.h>
#endif

int file_open(const char *name, struct stat *status)
{
    /* Without O_NONBLOCK the opening of a FIFO would wait for its writer before the FIFO can be refused. */
    int fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return -1;
    bool examined = fstat(fd, status) == 0;
    if (examined && S_ISREG(status->st_mode))
        return fd;
    int error = examined ? 0 : errno;
    close(fd);
    errno = error;
    return -1;
}

int file_open_nothing(void)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    int ends[2];
    if (fd >= 0 || pipe2(ends, O_CLOEXEC) != 0)
        return fd;
    /* A chroot may have no /dev/null. This end of a pipe without another has no bytes and takes none. */
    close(ends[1]);
    return ends[0];
}

static const char *name_others(char out[FILE_OTHERS_SIZE])
{
    snprintf(out, FILE_OTHERS_SIZE, "group or others");
    return out;
}

#ifdef __linux__
/* An ACL as the kernel gives it, see posix_acl_xattr.h. */
struct acl {
    struct posix_acl_xattr_header header;
    struct posix_acl_xattr_entry entries[128];
};

/* How many entries the ACL of FD has; 0: it has none. Of one that is too long the mode is the upper bound. */
static size_t read_acl(int fd, struct acl *acl)
{
    ssize_t size = fgetxattr(fd, "system.posix_acl_access", acl, sizeof *acl);
    if (size < (ssize_t)sizeof acl->header || le32toh(acl->header.a_version) != POSIX_ACL_XATTR_VERSION)
        return 0;
    return ((size_t)size - sizeof acl->header) / sizeof acl->entries[0];
}

static const char *acl_others(const struct acl *acl, size_t count, const struct stat *status, enum file_use use,
                              char out[FILE_OTHERS_SIZE])
{
    unsigned mask = S_IRWXO;
    for (size_t i = 0; i < count; i++)
        if (le16toh(acl->entries[i].e_tag) == ACL_MASK)
            mask = le16toh(acl->entries[i].e_perm);
    for (size_t i = 0; i < count; i++) {
        unsigned tag = le16toh(acl->entries[i].e_tag), allowed = le16toh(acl->entries[i].e_perm) & use;
        uid_t user = le32toh(acl->entries[i].e_id);
        bool is_user = tag == ACL_USER && user != 0 && user != status->st_uid && user != geteuid();
        bool is_group = tag == ACL_GROUP_OBJ || tag == ACL_GROUP;
        if ((tag == ACL_OTHER && allowed) || (is_group && allowed & mask))
            return name_others(out);
        if (is_user && allowed & mask) {
            snprintf(out, FILE_OTHERS_SIZE, "user %lu (by an ACL)", (unsigned long)user);
            return out;
        }
    }
    return NULL;
}
#endif

const char *file_others(int fd, const struct stat *status, enum file_use use, char out[FILE_OTHERS_SIZE])
{
    unsigned bits = (unsigned)use | (unsigned)use << 3; /* of others and of the group */
    if ((status->st_mode & bits) == 0)
        return NULL;
#ifdef __linux__
    struct acl acl;
    size_t count = read_acl(fd, &acl);
    if (count > 0)
        return acl_others(&acl, count, status, use, out);
#endif
    (void)fd;
    return name_others(out);
}

ssize_t file_read(int fd, char *buffer, size_t size)
{
    size_t used = 0;
    while (used < size) {
        ssize_t got = read(fd, buffer + used, size - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        used += (size_t)got;
    }
    return (ssize_t)used;
}

bool file_write(int fd, const void *bytes, size_t length)
{
    const char *rest = bytes;
    while (length > 0) {
        ssize_t written = write(fd, rest, length);
        if (written >= 0) {
            rest += written;
            length -= (size_t)written;
        } else if (errno == EAGAIN) {
            struct pollfd room = {.fd = fd, .events = POLLOUT};
            poll(&room, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}
