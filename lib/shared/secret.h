/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the password comes from, how it is wiped, and how it is found in what is printed. */
#ifndef SECRET_H
#define SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "line.h"

#define SECRET_VARIABLE "CHECK_XMPP_PING_PASSWORD"

struct secret {
    bool set;
    size_t length;
    char value[1024]; /* NUL-terminated */
};

/* The first line of the file NAME (its end, LF or CRLF, and a byte order mark cut off). On failure returns false and
 * writes to WHY a sentence with the file's name: missing, unreadable, not a regular file, readable by others (see
 * file_others()), empty first line, too long, holding a NUL, not UTF-8. The mode is that of the opened file, so no
 * race. May block as reading a file does; a FIFO is refused. */
bool secret_read_file(const char *name, struct secret *secret, struct line *why);

/* The password TEXT. False when it is empty, too long or not UTF-8, with a sentence fragment in WHY. */
bool secret_set(struct secret *secret, const char *text, struct line *why);

/* Takes the variable from the environment and wipes it there. False when it is unset or empty; with a value that is
 * too long or not UTF-8 WHY gets a sentence, else it is empty. */
bool secret_take_environment(struct secret *secret, struct line *why);

/* Overwrites the value in a way that the compiler keeps. */
void secret_wipe(struct secret *secret);

/* The forms in which a server may say a password again: itself, with XML's entities, as the stream log shows it, in
 * hexadecimal, and within base64, as SASL PLAIN has it, too. Behind them the messages of the SASL exchange. They are
 * kept as keyed digests, so that they can be found in a text but not be read from memory after the login. */
#define SECRET_PASSWORD_FORMS 7
#define SECRET_FORMS (SECRET_PASSWORD_FORMS + 2)
struct secrets {
    unsigned char key[32];
    bool is_word; /* of ours: the password has letters only, or stands in what secrets_take_ours() was given */
    struct secret_form {
        size_t length; /* 0: none */
        unsigned sum;  /* of its bytes: most places in a text need no digest to be ruled out */
        unsigned char digest[32];
    } forms[SECRET_FORMS];
};

/* Fills SECRETS. No form of the password when SECRET is not set or too short to be told from words. */
void secrets_collect(struct secrets *secrets, const struct secret *secret);

/* TEXT, NULL for none, is a setting of the user's that sentences of ours repeat: a host, a JID. */
void secrets_take_ours(struct secrets *secrets, const struct secret *secret, const char *text);

/* Adds a MESSAGE of the SASL exchange, in base64; of more than two the last counts. */
void secrets_add(struct secrets *secrets, const char *message);

/* Whether TEXT, which a stranger has said, holds one of them. */
bool secrets_are_in(const struct secrets *secrets, const char *text);

/* The same for a text of our own, which says nothing of a password that is a word: to mask that would give it away. */
bool secrets_are_in_ours(const struct secrets *secrets, const char *text);

/* Overwrites them. */
void secrets_wipe(struct secrets *secrets);

#endif
