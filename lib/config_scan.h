/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libconfig would take in silence, found before it reads: numbers that do not fit, which it wraps, hexadecimal
 * ones, NUL bytes, which end its strings, and files that are none (a FIFO has no end). */
#ifndef CONFIG_SCAN_H
#define CONFIG_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* Looks through FILE and, below DIRECTORY, what it includes. False with a sentence in WHY that begins with file and
 * line. Reads regular files of 1 MiB at most. */
bool config_scan(const char *file, const char *directory, char *why, size_t why_size);

#endif
