/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Password files, and the same bytes in the environment. */
#include "secret.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

static void check_secret(const struct secret *secret)
{
    EXPECT(secret->set && secret->length > 0 && secret->length < sizeof secret->value, "%zu bytes", secret->length);
    EXPECT(strlen(secret->value) == secret->length, "%zu bytes", secret->length);
}

static void check_file(const uint8_t *data, size_t size)
{
    static int fd = -1;
    if (fd < 0) {
        fd = memfd_create("password", MFD_CLOEXEC);
        if (fd < 0 || fchmod(fd, S_IRUSR) != 0)
            abort();
    }
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    char path[40];
    struct line why = LINE_EMPTY;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct secret secret = {0};
    const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
    size_t length = newline ? (size_t)(newline - data) : size;
    if (newline && length > 0 && data[length - 1] == '\r')
        length--;
    bool good = length > 0 && length < sizeof secret.value && !memchr(data, '\0', length);
    bool done = secret_read_file(path, &secret, &why);
    EXPECT(done == good, "%zu bytes: %s", length, why.text);
    if (!done) {
        EXPECT(!secret.set && why.used > 0, "%s", why.text);
        return;
    }
    check_secret(&secret);
    EXPECT(secret.length == length && memcmp(secret.value, data, length) == 0, "it is another one");
    secret_wipe(&secret);
    EXPECT(!secret.set && secret.value[0] == '\0', "not wiped");
}

static void check_environment(const uint8_t *data, size_t size)
{
    char *value = fuzz_string(data, size);
    struct line why;
    struct secret secret = {0};
    setenv(SECRET_VARIABLE, value, 1);
    if (secret_take_environment(&secret, &why)) {
        check_secret(&secret);
        EXPECT(strcmp(secret.value, value) == 0, "it is another one");
    } else {
        EXPECT(!secret.set && (why.used > 0) == (*value != '\0'), "'%s'", why.text);
    }
    EXPECT(!getenv(SECRET_VARIABLE), "it is there still");
    free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_file(data, size);
    check_environment(data, size);
    return 0;
}
