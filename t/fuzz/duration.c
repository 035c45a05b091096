/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Durations as text; the text's first 8 bytes are one as well. */
#include "duration.h"

#include <math.h>

#include "clock.h"
#include "fuzz.h"

#define LONGEST (INT64_C(1000000) * 3600 * NS_PER_S)

static void check_number(int64_t ns)
{
    char text[32], words[24];
    const char *why;
    duration_seconds(ns, text, sizeof text);
    duration_format(ns, words, sizeof words);
    EXPECT(strlen(text) < sizeof text - 1 && strlen(words) < sizeof words - 1, "%s, %s", text, words);
    EXPECT((*text == '-') == (ns < 0) && (*words == '-') == (ns < 0), "%s, %s", text, words);
    int64_t again = -1;
    if (ns < 0 || ns > LONGEST) {
        EXPECT(!duration_parse(text, &again, &why), "%s is out of bounds", text);
        return;
    }
    EXPECT(duration_parse(text, &again, &why) && again == ns, "%lld is %s", (long long)ns, text);

    char *blank = strchr(words, ' ');
    EXPECT(blank, "%s", words);
    memmove(blank, blank + 1, strlen(blank));
    EXPECT(duration_parse(words, &again, &why), "%s %s", words, why);
    EXPECT(fabs((double)again - (double)ns) <= (double)ns * 0.006 + 1, "%lld ns is told as %s", (long long)ns, words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t ns = 0;
    memcpy(&ns, data, size < sizeof ns ? size : sizeof ns);
    check_number(ns);
    check_number(ns % LONGEST);

    char *text = fuzz_string(data, size);
    const char *why = NULL;
    ns = -7;
    if (duration_parse(text, &ns, &why)) {
        EXPECT(ns >= 0 && ns <= LONGEST, "%s is %lld", text, (long long)ns);
        EXPECT(text[strspn(text, ".0123456789umsh")] == '\0', "%s", text);
        check_number(ns);
    } else {
        EXPECT(ns == -7 && why && *why, "%s", text);
    }
    free(text);
    return 0;
}
