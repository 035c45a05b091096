/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One type for time from the clock to the report: int64_t nanoseconds. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

/* The monotonic clock. Linux's CLOCK_MONOTONIC stands still while the machine is suspended: a deadline would then come
 * as much too late for the scheduler, to which the time goes on. */
#ifdef CLOCK_BOOTTIME
#define CLOCK_OF_RUN CLOCK_BOOTTIME
#else
#define CLOCK_OF_RUN CLOCK_MONOTONIC
#endif

/* That clock in nanoseconds. Never fails, never blocks; parent and child read the same clock. */
static inline int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_OF_RUN, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* What is left until UNTIL (ns), as ppoll(2) takes it; 0 when it has passed. */
static inline struct timespec clock_left(int64_t until)
{
    int64_t now = clock_now(), left = until > now ? until - now : 0;
    return (struct timespec){.tv_sec = left / NS_PER_S, .tv_nsec = left % NS_PER_S};
}

/* A time in seconds, as figures are shown and compared with thresholds. */
static inline double clock_seconds(int64_t ns)
{
    return (double)ns / (double)NS_PER_S;
}

#endif
