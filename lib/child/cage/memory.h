/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory that libstrophe and its XML parser may take. Neither limits a stanza in size or depth, entities multiply
 * what was sent, text is appended in O(n^2), and trees are walked recursively: what holds for all of these, whatever a
 * server sends, is a bound on the blocks that they ask for. What they free is wiped, as stanzas hold passwords. */
#ifndef MEMORY_H
#define MEMORY_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <strophe.h>

/* One block at most before the login, and so a stanza's text: nothing that long has a place there. */
#define MEMORY_BLOCK_MAX ((size_t)256 << 10)
/* All blocks together, in bytes, and one block behind the login, where others may send what is large: avatars, lists. A
 * login takes less than 100 KiB. */
#define MEMORY_MAX ((size_t)16 << 20)
/* Their number, and so the depth of a tree: an element takes seven or more. A login takes some hundreds. */
#define MEMORY_BLOCKS_MAX 50000u
/* Their number behind the login: a list of 10,000 rooms. One of 20,000 takes libstrophe seconds, as it walks along all
 * children for each that comes. */
#define MEMORY_BLOCKS_WIDE 150000u

struct memory {
    xmpp_mem_t suite;             /* for xmpp_ctx_new(), which keeps the pointer */
    size_t block_max, blocks_max; /* MEMORY_BLOCK_MAX, MEMORY_BLOCKS_MAX, until memory_widen() */
    size_t bytes;
    size_t blocks;
    bool guarded;
    jmp_buf escape;
};

enum memory_end {
    MEMORY_GOOD,
    MEMORY_EXCEEDED, /* the work asked for more than it may have */
    MEMORY_NONE      /* the system has none */
};

/* Fills *MEMORY, which must outlive all that is allocated with its suite. */
void memory_init(struct memory *memory);

/* From here on a block may be as large as all of them together, and there may be MEMORY_BLOCKS_WIDE. */
void memory_widen(struct memory *memory);

/* Does WORK(USERDATA), and ends it at once when it asks for more memory than there is for it: libstrophe does not look
 * whether it got any. After that nothing that WORK was busy with may be used or freed. Outside of this, what is beyond
 * the limits gets NULL. Not reentrant. */
enum memory_end memory_guard(struct memory *memory, void (*work)(void *userdata), void *userdata);

#endif
