/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why TLS cannot be had on this machine. */
#ifndef TLS_FAULT_H
#define TLS_FAULT_H

struct tls_fault {
    char why[200];         /* a sentence that names what is at fault */
    unsigned long openssl; /* OpenSSL's error, whose reason belongs behind it; 0 for none */
    char detail[112];      /* what OpenSSL adds to that */
};

#endif
