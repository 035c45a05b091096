/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands behind <proceed/>: whatever came before it, one byte more is never clean. */
#include "starttls.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *chunk = malloc(size + 24); /* the longest of the endings below */
    memcpy(chunk, data, size);
    bool clean = starttls_is_clean(chunk, size);
    EXPECT(!clean || chunk[size - 1] == '>', "%.*s", (int)size, chunk);
    if (clean) {
        static const char *const more[] = {"<", " ", "x", "</stream:stream>", "<proceed/>"};
        for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
            memcpy(chunk + size, more[i], strlen(more[i]));
            EXPECT(!starttls_is_clean(chunk, size + strlen(more[i])), "%.*s%s", (int)size, chunk, more[i]);
        }
    }
    free(chunk);
    return 0;
}
