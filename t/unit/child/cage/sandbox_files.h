/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For sandbox.c: files, to change them and to read them, and the terminal. */
#ifndef SANDBOX_FILES_H
#define SANDBOX_FILES_H

#include <linux/fs.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include "confined.h"

/* --- files: to change them --- */

static int write_file(void)
{
    return result(open(scene.file, O_WRONLY | O_CLOEXEC));
}

static int update_file(void)
{
    return result(open(scene.readable, O_RDWR | O_CLOEXEC));
}

static int empty_file(void)
{
    return result(open(scene.file, O_RDONLY | O_TRUNC | O_CLOEXEC));
}

static int create_file(void)
{
    return result(open(scene.other, O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
}

static int create_nameless_file(void)
{
    return result(open(scene.directory, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600));
}

static int write_by_fopen(void)
{
    return fopen(scene.other, "a") ? 0 : errno;
}

static int create_by_creat(void)
{
    return result(creat(scene.other, 0600));
}

static int open_by_openat2(void)
{
    unsigned long long how[3] = {O_RDONLY | O_CLOEXEC};
    return result(syscall(437 /* openat2 */, AT_FDCWD, scene.file, how, sizeof how));
}

static int hold_path(void)
{
    return result(open(scene.file, O_PATH | O_CLOEXEC));
}

static int truncate_file(void)
{
    return result(truncate(scene.file, 0));
}

static int remove_file(void)
{
    return result(unlink(scene.file));
}

static int rename_file(void)
{
    return result(rename(scene.file, scene.other));
}

static int link_file(void)
{
    return result(link(scene.file, scene.other));
}

static int make_symlink(void)
{
    return result(symlink(scene.file, scene.other));
}

static int make_directory(void)
{
    return result(mkdir(scene.other, 0700));
}

static int make_fifo(void)
{
    return result(mkfifo(scene.other, 0600));
}

static int change_mode(void)
{
    return result(chmod(scene.file, 0666));
}

static int change_mode_by_fchmodat2(void)
{
    return result(syscall(452 /* fchmodat2 */, AT_FDCWD, scene.file, 0666, 0));
}

static int change_mode_by_descriptor(void)
{
    return result(fchmod(open(scene.readable, O_RDONLY | O_CLOEXEC), 0666));
}

static int change_owner(void)
{
    return result(chown(scene.file, getuid(), getgid()));
}

static int change_attribute(void)
{
    return result(setxattr(scene.file, "user.test", "x", 1, 0));
}

/* The entry of an access control list that gives the file to all. */
static int change_access_list(void)
{
    return result(setxattr(scene.file, "system.posix_acl_access", "\2\0\0\0", 4, 0));
}

static int change_times(void)
{
    return result(utimensat(AT_FDCWD, scene.file, NULL, 0));
}

static int change_flags(void)
{
    int flags = 0;
    return result(ioctl(open(scene.readable, O_RDONLY | O_CLOEXEC), FS_IOC_SETFLAGS, &flags));
}

static struct {
    struct file_handle handle;
    char bytes[MAX_HANDLE_SZ];
} handle;

static int open_by_handle(void)
{
    return result(open_by_handle_at(AT_FDCWD, &handle.handle, O_RDWR | O_CLOEXEC));
}

static int watch_file(void)
{
    int fd = inotify_init1(IN_CLOEXEC);
    return fd < 0 ? errno : result(inotify_add_watch(fd, scene.file, IN_OPEN));
}

static int lock_file(void)
{
    struct flock lock = {.l_type = F_RDLCK};
    return result(fcntl(open(scene.readable, O_RDONLY | O_CLOEXEC), F_SETLK, &lock));
}

/* --- files: to read them --- */

static int read_file(void)
{
    return result(open(scene.file, O_RDONLY | O_CLOEXEC));
}

static int read_users(void)
{
    return result(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int read_itself(void)
{
    return result(open("/proc/self/maps", O_RDONLY | O_CLOEXEC));
}

static int list_directory(void)
{
    return result(open(scene.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int read_beside(void)
{
    char path[160];
    snprintf(path, sizeof path, "%s/../file", scene.links);
    return result(open(path, O_RDONLY | O_CLOEXEC));
}

/* --- the terminal --- */

static int open_terminal(void)
{
    return result(open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC));
}

static int type_on_terminal(void)
{
    int fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    return result(ioctl(fd < 0 ? 0 : fd, TIOCSTI, "x"));
}

static const struct escape of_files[] = {
    {"write a file", write_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"write the file that it may read", update_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"empty a file", empty_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"create a file", create_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"create a file without a name", create_nameless_file, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"append to a file", write_by_fopen, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"create a file by creat()", create_by_creat, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"open a file by openat2()", open_by_openat2, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"hold a file without opening it", hold_path, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"truncate a file", truncate_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"remove a file", remove_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"rename a file", rename_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"link a file", link_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"make a symbolic link", make_symlink, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"make a directory", make_directory, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"make a FIFO", make_fifo, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"change a file's mode", change_mode, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"change it by fchmodat2()", change_mode_by_fchmodat2, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"change it by a descriptor", change_mode_by_descriptor, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"change a file's owner", change_owner, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"change a file's attributes", change_attribute, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"change a file's access control list", change_access_list, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"change a file's times", change_times, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"change a file's flags", change_flags, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"open a file by its handle", open_by_handle, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
    {"watch a file", watch_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},
    {"lock a file", lock_file, BAR_CALLS, ENOSYS, WORKS, DOOR_ENTERED},

    {"read a file that is not in the list", read_file, BAR_FILES, EACCES, WORKS, DOOR_ENTERED},
    {"read the list of users", read_users, BAR_FILES, EACCES, WORKS, DOOR_ENTERED},
    {"read about itself in /proc", read_itself, BAR_FILES, EACCES, WORKS, DOOR_ENTERED},
    {"open a directory", list_directory, BAR_FILES, EACCES, WORKS, DOOR_ENTERED},
    {"read a file beside a directory of the list", read_beside, BAR_FILES, EACCES, WORKS, DOOR_ENTERED},

    {"open the terminal", open_terminal, BAR_FILES, EACCES, MAY_WORK, DOOR_ENTERED},
    {"type on the terminal", type_on_terminal, BAR_CALLS, ENOSYS, MAY_WORK, DOOR_ENTERED},
};

#endif
