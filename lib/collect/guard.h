/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guards the process that answers the scheduler: whatever hangs or crashes in it, it ends in time, with a line and an
 * exit code. A thread of its own holds the deadline and answers the signals that ask to stop: it can end the process
 * also while the main thread hangs in a system call that lets no signal handler run, as reading from a dead network
 * file system does. */
#ifndef GUARD_H
#define GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* To be called at the beginning of main(). From here on:
 *  - the descriptors 0 to 2 are open. One that was closed cannot be written to: output to it is output that failed;
 *  - a crash prints a line and exits 3; no core is left, and SIGPIPE and SIGXFSZ are errors of write();
 *  - SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 ask to stop: see guard_stopped();
 *  - until guard_watch() or guard_print() is called, files are read: LIMIT and, shortly after it came, a
 *    signal print a line and exit 3.
 * BEGUN_AT and LIMIT: clock_now(), ns. Without a thread, timer or pipe for it a signal ends the process, and
 * guard_watch() fails. */
void guard_begin(int64_t begun_at, int64_t limit);

/* Changes the limit. */
void guard_set_limit(int64_t limit);

/* From here on the caller answers the deadline and the signals. Returns a descriptor to poll for reading, which is the
 * guard's: it wakes up at DEADLINE (clock_now(), ns) and by a signal. See guard_hush(). -1 with errno when
 * guard_begin() has failed, or was not called. */
int guard_watch(int64_t deadline);

/* Makes the descriptor of guard_watch() quiet until the next signal. */
void guard_hush(void);

/* The signal that asked to stop; 0: none has. */
int guard_stopped(void);

/* Writes TEXT to stdout, as the last thing that the process does. Blocks while the reader takes nothing, but until the
 * deadline, or shortly after a signal, at most: then the process ends here with exit code 3. False when stdout cannot
 * be written to. */
bool guard_print(const char *text, size_t length);

/* Ends the process with LINE, which ends in a line feed, and exit code 3. Waits for stdout for a short time only. */
_Noreturn void guard_leave(const char *line);

/* To be called in a child: it answers no signal that asks to stop (that is for its parent to do, and a child that died
 * of one first would be taken for one that crashed), and dies of a crash. */
void guard_dismiss(void);

#endif
