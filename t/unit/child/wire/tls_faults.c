/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each allocation that OpenSSL makes for us in a handshake fails once, against servers whose certificate is bad in one
 * way each: none is ever taken for good. One failed allocation once opened the host name check. */
#include <openssl/crypto.h>
#include <signal.h>
#include <sys/wait.h>

#include "handshake.h"
#include "tap.h"

/* AddressSanitizer's processes are slow to fork: each fifth will do there. */
#ifdef __SANITIZE_ADDRESS__
#define STEP 5
#else
#define STEP 1
#endif

/* --- memory that fails --- */

static bool counting;  /* while what is to be tested runs */
static long countdown; /* 1: the next allocation fails; below: none any more */
static long counted;

static bool fails(void)
{
    if (!counting)
        return false;
    counted++;
    return --countdown == 0;
}

static void *take(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return fails() ? NULL : malloc(size);
}

static void *take_more(void *pointer, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return fails() ? NULL : realloc(pointer, size);
}

static void give_back(void *pointer, const char *file, int line)
{
    (void)file, (void)line;
    free(pointer);
}

/* --- one handshake --- */

static bool client_shakes(struct tls *client, enum tls_result *result)
{
    counting = true;
    *result = tls_handshake(client);
    counting = false;
    return *result == TLS_DONE;
}

/* Whether a client would send its password to that server, with the allocation number FAULT failing; 0: none. */
static bool is_taken(const struct shake *shake, long fault)
{
    struct tls_fault unusable;
    struct settings settings = {.ca_file = ca_file, .jid = {.ascii = "example.org", .domain = "example.org"}};
    SSL_CTX *server_context = SSL_CTX_new(TLS_server_method());
    SSL *server = make_server(shake, server_context);
    countdown = fault;
    counting = true;
    struct tls_context *context = tls_prepare(&settings, &unusable);
    struct tls *client = context ? tls_new(context, true) : NULL;
    counting = false;
    enum tls_result result = client ? TLS_WAITS : TLS_FAILED;
    bool taken = false;
    for (int i = 0; i < 10 && result == TLS_WAITS; i++) {
        taken = client_shakes(client, &result);
        carry(client, server);
        SSL_do_handshake(server);
        carry(client, server);
    }
    return taken;
}

/* The same in a process of its own: 0 refused, 1 taken, else how it died. With FAULT 0, *COUNT gets how many
 * allocations there are. */
static int try_in_child(const struct shake *shake, long fault, long *count)
{
    int ends[2], status = 0;
    if (pipe(ends) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        bool taken = is_taken(shake, fault);
        ssize_t written = write(ends[1], &counted, sizeof counted);
        _exit(written == (ssize_t)sizeof counted ? taken : 2);
    }
    close(ends[1]);
    if (read(ends[0], count, sizeof *count) != (ssize_t)sizeof *count)
        *count = 0;
    close(ends[0]);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* What a crash means is for the parent to say: it is no answer that any server could take for a password. */
static void check_all(const struct shake *shake, const char *name)
{
    long count = 0, unused, taken = 0, first = 0, refused = 0;
    is_int(try_in_child(shake, 0, &count), 0, "%s is refused", name);
    ok(count > 500, "in %ld allocations", count);
    for (long fault = 1; fault <= count; fault += STEP) {
        int end = try_in_child(shake, fault, &unused);
        taken += end == 1;
        refused += end == 0;
        first = end == 1 && first == 0 ? fault : first;
    }
    is_int(taken, 0, "it is taken with none of them failing (the first: number %ld)", first);
    ok(refused * STEP > count * 9 / 10, "and refused in order in nearly all: %ld of %ld", refused, count);
}

int main(void)
{
    CRYPTO_set_mem_functions(take, take_more, give_back);
    if (!handshake_begin())
        return 1;
    X509 *good = make_certificate(authority, NULL, "DNS:example.org", -1, 90, false);
    X509 *other_name = make_certificate(authority, "example.org", "DNS:evil.test", -1, 90, false);
    X509 *expired = make_certificate(authority, NULL, "DNS:example.org", -9, -1, false);
    X509 *own = make_certificate(NULL, NULL, "DNS:example.org", -1, 90, false);
    long count;
    is_int(try_in_child(&(struct shake){.leaf = good}, 0, &count), 1, "a good certificate is taken");
    check_all(&(struct shake){.leaf = other_name}, "the certificate of another name");
    check_all(&(struct shake){.leaf = expired}, "one that has expired");
    check_all(&(struct shake){.leaf = own}, "one that nobody has signed");
    X509_free(good);
    X509_free(other_name);
    X509_free(expired);
    X509_free(own);
    handshake_end();
    done_testing();
    return exit_status();
}
