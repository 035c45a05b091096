/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "number.h"

#include "tap.h"

int main(void)
{
    static const struct {
        double value;
        int64_t nearest;
    } values[] = {{0, 0},
                  {0.4999, 0},
                  {0.5, 1},
                  {1.5, 2},
                  {-0.4, 0},
                  {-0.5, -1},
                  {-1.5, -2},
                  {999999999.6, 1000000000},
                  {1e15, INT64_C(1000000000000000)}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        is_int(number_round(values[i].value), values[i].nearest, "%g is rounded", values[i].value);
    done_testing();
    return exit_status();
}
