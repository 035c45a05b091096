/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tap.h"

#include <string.h>

#include "memory.h"

struct work {
    struct memory *memory;
    size_t size, count;
    size_t got;
    char *last; /* each block begins with a pointer to the one before */
};

static void take(void *userdata)
{
    struct work *work = userdata;
    for (work->got = 0; work->got < work->count; work->got++) {
        char *block = work->memory->suite.alloc(work->size, work->memory);
        if (!block)
            return;
        memset(block, 'x', work->size);
        memcpy(block, &work->last, sizeof work->last);
        work->last = block;
    }
}

static void give_back(struct work *work)
{
    while (work->last) {
        char *block = work->last;
        memcpy(&work->last, block, sizeof work->last);
        work->memory->suite.free(block, work->memory);
    }
}

static void guard(size_t size, size_t count, enum memory_end end, const char *name)
{
    struct memory memory;
    memory_init(&memory);
    struct work work = {.memory = &memory, .size = size, .count = count};
    is_int(memory_guard(&memory, take, &work), end, "%s", name);
    if (end == MEMORY_GOOD)
        is_int((long)work.got, (long)count, "all of it is had");
    else
        ok(work.got < count, "the work ends there");
    give_back(&work);
}

static void test_limits(void)
{
    guard(1000, 100, MEMORY_GOOD, "what is below the limits is had");
    guard(MEMORY_BLOCK_MAX, 1, MEMORY_GOOD, "the longest block is had");
    guard(MEMORY_BLOCK_MAX + 1, 1, MEMORY_EXCEEDED, "a longer one ends the work");
    guard(MEMORY_BLOCK_MAX, MEMORY_MAX / MEMORY_BLOCK_MAX, MEMORY_GOOD, "as much as there may be is had");
    guard(MEMORY_BLOCK_MAX, MEMORY_MAX / MEMORY_BLOCK_MAX + 1, MEMORY_EXCEEDED, "more in all ends the work");
    guard(sizeof(char *), MEMORY_BLOCKS_MAX, MEMORY_GOOD, "as many blocks as there may be are had");
    guard(sizeof(char *), MEMORY_BLOCKS_MAX + 1, MEMORY_EXCEEDED, "one more ends the work");
    guard((size_t)-1, 1, MEMORY_EXCEEDED, "a size that would overflow ends the work");
}

static void test_wide_limits(void)
{
    struct memory memory;
    memory_init(&memory);
    memory_widen(&memory);
    struct work work = {.memory = &memory, .size = MEMORY_MAX, .count = 1};
    is_int(memory_guard(&memory, take, &work), MEMORY_GOOD, "behind the login one block may have all");
    give_back(&work);
    work = (struct work){.memory = &memory, .size = sizeof(char *), .count = MEMORY_BLOCKS_WIDE};
    is_int(memory_guard(&memory, take, &work), MEMORY_GOOD, "there may be more of them");
    is_int(memory_guard(&memory, take, &work), MEMORY_EXCEEDED, "but not any number");
    give_back(&work);
}

static void test_counting(void)
{
    struct memory memory;
    memory_init(&memory);
    const xmpp_mem_t *suite = &memory.suite;
    char *block = suite->realloc(NULL, 10, suite->userdata);
    memcpy(block, "123456789", 10);
    block = suite->realloc(block, 100000, suite->userdata);
    is_str(block, "123456789", "a block that grows keeps what it holds");
    is_int((long)memory.bytes, 100000, "its bytes are counted");
    is_int((long)memory.blocks, 1, "once");
    ok(!suite->alloc(MEMORY_BLOCK_MAX + 1, suite->userdata), "outside of the guard the limit answers with NULL");
    suite->free(block, suite->userdata);
    suite->free(NULL, suite->userdata);
    is_int((long)memory.bytes, 0, "what is freed counts no more");
    is_int((long)memory.blocks, 0, "neither does its block");
}

int main(void)
{
    test_limits();
    test_wide_limits();
    test_counting();
    done_testing();
    return exit_status();
}
