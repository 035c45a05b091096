/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "id.h"

#include <stdio.h>
#include <sys/random.h>

bool id_make(char id[ID_SIZE])
{
    unsigned char bits[(ID_SIZE - 1) / 2];
    if (getrandom(bits, sizeof bits, 0) != (ssize_t)sizeof bits)
        return false;
    for (size_t i = 0; i < sizeof bits; i++)
        snprintf(id + 2 * i, 3, "%02x", bits[i]);
    return true;
}
