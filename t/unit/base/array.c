/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "array.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include "tap.h"

int main(void)
{
    int *list = NULL;
    bool room = true, kept = true;
    for (size_t count = 0; count < 1000; count++) {
        list = array_grow(list, count, sizeof *list);
        room = room && list && malloc_usable_size(list) >= (count + 1) * sizeof *list;
        list[count] = (int)count;
    }
    for (int i = 0; i < 1000; i++)
        kept = kept && list[i] == i;
    ok(room, "there always is room for one more");
    ok(kept, "what was there before stays");

    void *before = list;
    ok(array_grow(list, 1000, sizeof *list) == before, "where there is room it does not move");
    ok(!array_grow(list, SIZE_MAX / 2 + 1, sizeof *list), "more than there can be is no memory, and no smaller block");
    free(list);
    done_testing();
    return exit_status();
}
