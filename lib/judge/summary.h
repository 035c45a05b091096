/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was found, in words. The pieces may hold what settings and network gave; who keeps a whole line cleans it. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "line.h"
#include "metric.h"
#include "result.h"
#include "tally.h"

#define SUMMARY_NAME_SIZE 512

/* What --insecure adds to the first line. */
#define SUMMARY_INSECURE ", certificate not verified"

/* Makes a sentence of BODY and TAIL, at most WIDTH characters, clean, in SIZE bytes at OUT; BODY gives way. */
void summary_end(struct line *body, const struct line *tail, size_t width, char *out, size_t size);

/* What users know a target by: the own server's domain, else the JID as they gave it; clean, at most WIDTH characters.
 * OUT has SUMMARY_NAME_SIZE bytes. Returns OUT. */
char *summary_name(const struct settings *settings, size_t target, size_t width, char *out);

/* "3 of 3 answered, rtt 1.23 ms (min 1.1 ms, max 1.4 ms, first 2 ms)" */
void summary_figures(struct line *line, const struct tally *tally, int count);

/* Whose word an error is: a JID, empty when the answer does not tell. Not clean. */
const char *summary_by(const struct settings *settings, const struct ping_record *ping);

/* "forbidden: by b.example: text" */
void summary_error(struct line *line, const struct settings *settings, const struct ping_record *ping);

/* "rtt 1.5 s is above 1 s": why VALUE of METRIC is an alert of RANGE. */
void summary_alert(struct line *line, const struct metric *metric, double value, const struct range *range);

/* "30 days left", "expired 3 days ago" */
void summary_days(struct line *line, long long days);

/* "certificate of example.org expires in 4 days (critical below 7)": why DAYS are an alert of RANGE, which means STATE.
 */
void summary_expiring(struct line *line, const struct settings *settings, const struct result *result, long long days,
                      const struct range *range, enum state state);

/* "ping: deadline: after 2 s, pending: b.example": what was going on when the deadline struck. */
void summary_deadline(struct line *line, const struct settings *settings, const struct result *result,
                      const struct tally *tallies);

/* "child died of SIGSEGV" */
void summary_death(struct line *line, const struct supervision *supervision);

/* "probe: child died of SIGSYS: system call 59 is not allowed": a death that is the probe's own fault. */
void summary_own_crash(struct line *line, const struct result *result);

/* "SIGSEGV" */
void summary_signal(struct line *line, int number);

/* "example.org answers in 1.23 ms, 2 of 2 remotes up", at most WIDTH characters. */
void summary_good(struct line *line, const struct settings *settings, const struct tally *tallies, int up,
                  size_t width);

/* "example.org takes logins over TLSv1.3, certificate good for 89 days", at most WIDTH characters: without a login. */
void summary_reached(struct line *line, const struct settings *settings, const struct result *result, size_t width);

#endif
