/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in for the supervision: the child's work is done in the process itself, without fork, pipe, limits and
 * sandbox. The program that is linked with it shows, beside the real one, what these cost; it is good for nothing else,
 * as nothing holds its deadline. */
#include <openssl/crypto.h>
#include <sys/mman.h>
#include <unistd.h>

#include "child/cage/confine.h"
#include "child/cage/sandbox.h"
#include "clock.h"
#include "supervise.h"

unsigned sandbox_enter(const struct sandbox_reads *reads)
{
    (void)reads;
    return 0;
}

bool sandbox_end_dns(unsigned bars, const uint16_t *ports, size_t count)
{
    (void)bars, (void)ports, (void)count;
    return true;
}

bool sandbox_end_login(unsigned bars)
{
    (void)bars;
    return true;
}

void sandbox_read(struct sandbox_reads *reads, const char *path)
{
    (void)reads, (void)path;
}

/* Events are kept in memory until the work is done. */
static void run(struct supervised *child)
{
    struct event event;
    int kept = memfd_create("events", 0);
    child->work(child->input, kept);
    lseek(kept, 0, SEEK_SET);
    while (read(kept, &event, sizeof event) == sizeof event)
        child->sink(&event, child->userdata);
    close(kept);
    child->outcome = (struct supervision){.end = SUPERVISE_DONE, .ended_at = clock_now()};
}

void supervise(struct supervised *children, size_t count, int64_t deadline)
{
    (void)deadline;
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL); /* the real child does not tidy up either */
    for (size_t i = 0; i < count; i++)
        run(&children[i]);
}
