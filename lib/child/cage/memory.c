/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What stands in front of each block. */
union header {
    struct {
        size_t size;
        size_t room; /* SIZE at least: text grows piece by piece, and must not be moved for each */
    };
    max_align_t align;
};

/* libstrophe takes NULL for granted never to come: within the guard there is no return. */
static void *deny(struct memory *memory, enum memory_end why)
{
    if (memory->guarded)
        longjmp(memory->escape, (int)why);
    return NULL;
}

/* Nothing is left behind of a block that moves or ends. */
static void wipe(union header *block)
{
    if (block)
        explicit_bzero(block + 1, block->room);
    free(block);
}

static void *resize(struct memory *memory, union header *block, size_t size)
{
    size_t before = block ? block->size : 0;
    size_t more_blocks = block ? 0 : 1;
    if (size > memory->block_max || memory->bytes - before + size > MEMORY_MAX ||
        memory->blocks + more_blocks > memory->blocks_max)
        return deny(memory, MEMORY_EXCEEDED);
    if (!block || size > block->room) {
        size_t room = block ? size + size / 2 : size;
        union header *larger = malloc(sizeof *larger + room);
        if (!larger)
            return deny(memory, MEMORY_NONE);
        larger->room = room;
        if (before > 0)
            memcpy(larger + 1, block + 1, before);
        wipe(block);
        block = larger;
    }
    block->size = size;
    memory->bytes += size - before;
    memory->blocks += more_blocks;
    return block + 1;
}

static void *allocate(size_t size, void *userdata)
{
    return resize(userdata, NULL, size);
}

static void *reallocate(void *pointer, size_t size, void *userdata)
{
    return resize(userdata, pointer ? (union header *)pointer - 1 : NULL, size);
}

static void release(void *pointer, void *userdata)
{
    struct memory *memory = userdata;
    if (!pointer)
        return;
    union header *block = (union header *)pointer - 1;
    memory->bytes -= block->size;
    memory->blocks--;
    wipe(block);
}

void memory_init(struct memory *memory)
{
    *memory = (struct memory){.suite = {.alloc = allocate, .free = release, .realloc = reallocate, .userdata = memory},
                              .block_max = MEMORY_BLOCK_MAX,
                              .blocks_max = MEMORY_BLOCKS_MAX};
}

void memory_widen(struct memory *memory)
{
    memory->block_max = MEMORY_MAX;
    memory->blocks_max = MEMORY_BLOCKS_WIDE;
}

enum memory_end memory_guard(struct memory *memory, void (*work)(void *userdata), void *userdata)
{
    int end = setjmp(memory->escape);
    if (end == 0) {
        memory->guarded = true;
        work(userdata);
    }
    memory->guarded = false;
    return (enum memory_end)end;
}
