/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "secret.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static char directory[] = "/tmp/secret.XXXXXX";
static char path[64];

static void write_file(const char *content, size_t length, mode_t mode)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd < 0 || write(fd, content, length) != (ssize_t)length || fchmod(fd, mode) != 0)
        diag("cannot write %s", path);
    close(fd);
}

/* Whether the file is refused for REASON, with its name and without touching the secret. */
static void check_refused(const char *reason, const char *what)
{
    struct secret secret = {.length = 42};
    struct line why = LINE_EMPTY;
    char expected[256];
    ok(!secret_read_file(path, &secret, &why), "%s is refused", what);
    snprintf(expected, sizeof expected, "%s %s", path, reason);
    is_str(why.text, expected, "the reason is that the file %s", reason);
    ok(!secret.set && secret.length == 42, "the secret is untouched");
}

static void check_contents(void)
{
    static const struct {
        const char *content;
        const char *value;
    } contents[] = {
        {"pass", "pass"},
        {"pass\n", "pass"},
        {"pass\r\n", "pass"},
        {"pass\nmore\n", "pass"},
        {"pass\r\nmore\r\n", "pass"},
        {" pa ss \n", " pa ss "},
        {"pa\rss\n", "pa\rss"},
        {"p\xc3\xa4ss\n", "p\xc3\xa4ss"},
        {"\xef\xbb\xbfpass\r\n", "pass"},
        {"\xef\xbb\xbf\xef\xbb\xbfpass\n", "\xef\xbb\xbfpass"},
        {"pass\n\xff\n", "pass"},
    };
    for (size_t i = 0; i < COUNT(contents); i++) {
        struct secret secret = {0};
        struct line why = LINE_EMPTY;
        write_file(contents[i].content, strlen(contents[i].content), 0600);
        ok(secret_read_file(path, &secret, &why) && secret.set, "content %zu gives a password", i);
        is_str(secret.value, contents[i].value, "it is the first line without its end");
        is_int((long long)secret.length, (long long)strlen(contents[i].value), "its length is right");
    }
    write_file("", 0, 0600);
    check_refused("has an empty first line", "an empty file");
    write_file("\npass\n", 6, 0600);
    check_refused("has an empty first line", "an empty first line");
    write_file("\r\npass\n", 7, 0600);
    check_refused("has an empty first line", "a first line of CR LF alone");
    write_file("\xef\xbb\xbf\npass\n", 9, 0600);
    check_refused("has an empty first line", "a first line of a byte order mark alone");
    write_file("p\xe4ss\n", 5, 0600);
    check_refused("is not UTF-8", "Latin-1");
    write_file("pass\xc3\n\xa4", 7, 0600);
    check_refused("is not UTF-8", "half a character");
    write_file("\xff\xfep\0a\0s\0s\0", 10, 0600);
    check_refused("is not UTF-8", "UTF-16");
    write_file("pa\0ss\n", 6, 0600);
    check_refused("holds a NUL byte in its first line", "a NUL");
}

static void check_lengths(void)
{
    char content[3000];
    struct line why = LINE_EMPTY;
    struct secret secret = {0};
    memset(content, 'x', sizeof content);
    memcpy(content + 1023, "\r\nmore", 6);
    write_file(content, sizeof content, 0600);
    ok(secret_read_file(path, &secret, &why) && secret.length == 1023, "1023 bytes and CR LF fit");
    write_file(content, 1023, 0600);
    ok(secret_read_file(path, &secret, &why) && strlen(secret.value) == 1023, "1023 bytes without an end fit");
    memset(content, 'x', sizeof content);
    content[1024] = '\n';
    write_file(content, sizeof content, 0600);
    check_refused("has a first line that is too long", "a line of 1024 bytes");
    write_file(content, 1024, 0600);
    check_refused("has a first line that is too long", "a file of 1024 bytes");
    content[1024] = 'x';
    write_file(content, sizeof content, 0600);
    check_refused("has a first line that is too long", "a file of 3000 bytes");
}

static void check_kinds(void)
{
    static const struct {
        mode_t mode;
        bool refused;
    } modes[] = {{0600, false}, {0400, false}, {0640, true},  {0604, true}, {0644, true},
                 {0440, true},  {0404, true},  {0700, false}, {0620, false}};
    for (size_t i = 0; i < COUNT(modes); i++) {
        struct secret secret = {0};
        struct line why = LINE_EMPTY;
        write_file("pass\n", 5, modes[i].mode);
        ok(secret_read_file(path, &secret, &why) != modes[i].refused, "mode %04o is %s", (unsigned)modes[i].mode,
           modes[i].refused ? "refused" : "taken");
    }
    write_file("pass\n", 5, 0644);
    check_refused("can be read by group or others", "a public file");

    struct secret secret = {0};
    struct line why = LINE_EMPTY;
    char link[96];
    write_file("pass\n", 5, 0600);
    snprintf(link, sizeof link, "%s.link", path);
    ok(symlink(path, link) == 0 && secret_read_file(link, &secret, &why), "a symbolic link is followed");
    unlink(link);

    unlink(path);
    check_refused("cannot be opened: No such file or directory", "a missing file");
    ok(mkfifo(path, 0600) == 0, "there is a FIFO");
    check_refused("is not a regular file", "a FIFO that nobody writes to");
    unlink(path);
    ok(mkdir(path, 0700) == 0, "there is a directory");
    check_refused("is not a regular file", "a directory");
    rmdir(path);
    ok(!secret_read_file("/dev/null", &secret, &why), "a device is refused");
}

static void check_environment(void)
{
    struct secret secret = {0};
    struct line why = LINE_EMPTY;
    char longest[1100];
    unsetenv(SECRET_VARIABLE);
    ok(!secret_take_environment(&secret, &why), "an unset variable gives no password");
    is_str(why.text, "", "and that is no fault");
    setenv(SECRET_VARIABLE, "", 1);
    ok(!secret_take_environment(&secret, &why) && !secret.set, "nor does an empty one");
    is_str(why.text, "", "and that is no fault either");
    ok(!getenv(SECRET_VARIABLE), "it is gone from the environment");

    char entry[] = SECRET_VARIABLE "=hunter2";
    putenv(entry);
    ok(secret_take_environment(&secret, &why) && secret.set, "a variable with a value gives a password");
    is_str(secret.value, "hunter2", "it is the value");
    is_int((long long)secret.length, 7, "its length is right");
    ok(memcmp(entry + strlen(SECRET_VARIABLE "="), "\0\0\0\0\0\0\0", 7) == 0, "the value is wiped where it stood");
    ok(!getenv(SECRET_VARIABLE), "the variable is gone");
    secret_wipe(&secret);
    static const struct secret zero;
    ok(memcmp(&secret, &zero, sizeof secret) == 0, "a wiped secret is all zero");

    char first[] = SECRET_VARIABLE "=one", second[] = SECRET_VARIABLE "=two", other[] = SECRET_VARIABLE "2=three";
    char *doubled[] = {first, other, second, NULL};
    char **saved = environ;
    environ = doubled;
    ok(secret_take_environment(&secret, &why), "a variable that stands there twice gives a password");
    is_str(secret.value, "one", "it is the first");
    const char *rest = getenv(SECRET_VARIABLE "2");
    ok(!getenv(SECRET_VARIABLE) && second[strlen(second) + 1] == '\0', "both are wiped");
    is_str(rest, "three", "a variable with a longer name is left alone");
    environ = saved;

    setenv(SECRET_VARIABLE, "p\xe4ss", 1);
    secret_wipe(&secret);
    ok(!secret_take_environment(&secret, &why) && !secret.set, "a value in Latin-1 is refused");
    is_str(why.text, SECRET_VARIABLE " is not UTF-8", "with a reason");

    memset(longest, 'x', sizeof longest);
    longest[1024] = '\0';
    setenv(SECRET_VARIABLE, longest, 1);
    secret_wipe(&secret);
    ok(!secret_take_environment(&secret, &why) && !secret.set, "a value of 1024 bytes is refused");
    is_str(why.text, SECRET_VARIABLE " is too long", "with a reason");
    ok(!getenv(SECRET_VARIABLE), "and wiped all the same");
    longest[1023] = '\0';
    setenv(SECRET_VARIABLE, longest, 1);
    ok(secret_take_environment(&secret, &why) && secret.length == 1023, "a value of 1023 bytes fits");
}

static void test_forms(void)
{
    struct secret secret = {.set = true, .length = 7, .value = "hunter2"};
    struct secrets secrets;
    secrets_collect(&secrets, &secret);
    static const struct {
        const char *text;
        bool told;
    } texts[] = {
        {"the password hunter2 is wrong", true},
        {"hunter", false},
        {"HUNTER2", false},
        {"it was aHVudGVyMg==", true},
        {"AGFsaWNlAGh1bnRlcjI=", true},
        {"eGh1bnRlcjI=", true},
        {"eHhodW50ZXIy", true},
        {"aHVudGVyMiBpcyB3cm9uZw==", true},
        {"eGh1bnRlcjIgaXMgd3Jvbmc=", true},
        {"eHhodW50ZXIyIGlzIHdyb25n", true},
        {"aHVudGVy", false},
        {"it was 68756e74657232", true},
        {"it was 68756E74657232", true},
        {"68756e746572", false},
        {"", false},
        {"hunter2", true},
        {"hhunter2", true},
        {"2hunter", false},
        {"2hunter2", true},
        {"hunterhunter2", true},
        {"\xc3\xa4\xff\xff hunter2\xff", true},
        {"hunte\xff hunter\xff", false},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        is_int(secrets_are_in(&secrets, texts[i].text), texts[i].told, "%s the password: %s",
               texts[i].told ? "holds" : "does not hold", texts[i].text);
    secrets_add(&secrets, "=");
    ok(!secrets_are_in(&secrets, "a=b"), "an empty message of SASL is no secret");
    secrets_add(&secrets, "biwsbj1hbGljZSxyPWFiYw==");
    secrets_add(&secrets, "Yz1iaXdzLHI9YWJjZGVm");
    ok(secrets_are_in(&secrets, "no: biwsbj1hbGljZSxyPWFiYw, no"), "the first message of SASL is a secret");
    ok(secrets_are_in(&secrets, "no: Yz1iaXdzLHI9YWJjZGVm, no"), "the second is");
    ok(!memmem(&secrets, sizeof secrets, "hunter2", 7) && !memmem(&secrets, sizeof secrets, "aHVudGVy", 8),
       "it cannot be read from what is looked for");
    secrets_wipe(&secrets);
    ok(!secrets_are_in(&secrets, "hunter2"), "what was wiped is not known any more");
    snprintf(secret.value, sizeof secret.value, "a<b>&\"c");
    secret.length = strlen(secret.value);
    secrets_collect(&secrets, &secret);
    ok(secrets_are_in(&secrets, "<x>a&lt;b&gt;&amp;&quot;c</x>"),
       "a password is found with the entities that the stream log has");
    memset(secret.value, '"', sizeof secret.value - 1);
    secret.length = sizeof secret.value - 1;
    secrets_collect(&secrets, &secret);
    char entities[6 * sizeof secret.value] = "";
    for (size_t i = 0; i < secret.length; i++)
        memcpy(entities + 6 * i, "&quot;", 7);
    ok(secrets_are_in(&secrets, entities), "also the longest, of entities alone");
    memset(secret.value, 0, sizeof secret.value);
    snprintf(secret.value, sizeof secret.value, "the");
    secret.length = 3;
    secrets_collect(&secrets, &secret);
    ok(!secrets_are_in(&secrets, "the words"), "a password that is shorter than words is not looked for");
}

int main(void)
{
    if (!mkdtemp(directory))
        return 1;
    snprintf(path, sizeof path, "%s/file", directory);
    check_contents();
    check_lengths();
    check_kinds();
    check_environment();
    unlink(path);
    rmdir(directory);
    test_forms();
    done_testing();
    return exit_status();
}
