/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "duration.h"

#include <locale.h>

#include "tap.h"

static const struct {
    const char *text;
    int64_t ns;
} valid[] = {
    {"0", 0},
    {"10", 10000000000},
    {"010", 10000000000},
    {"0.5", 500000000},
    {".5", 500000000},
    {"00.50", 500000000},
    {"200ms", 200000000},
    {"1.5ms", 1500000},
    {"850us", 850000},
    {"0.001us", 1},
    {"0.0009us", 0},
    {"1.0000000019", 1000000001},
    {"3s", 3000000000},
    {"1.5m", 90000000000},
    {"0.1h", 360000000000},
    {"0.0000000001h", 360},
    {"0.33333333333333333333333333333333333333333333333333333333333333333333333333333333s", 333333333},
    {"1000000h", 3600000000000000000},
    {"3600000000", 3600000000000000000},
    {"0000000000000000000000000000000000000000000000000000000000000000000000000000000001", 1000000000},
};

static const struct {
    const char *text;
    const char *why;
} invalid[] = {
    {"", "is empty"},
    {"s", "has no number"},
    {"foo", "has no number"},
    {" 1", "has white space before its number"},
    {"+1", "has a + before its number"},
    {"nan", "has no number"},
    {"inf", "has no number"},
    {"-", "has no number"},
    {"-1", "is negative"},
    {"-5ms", "is negative"},
    {"5.", "has a . with no digit behind it"},
    {".", "has a . with no digit behind it"},
    {"5.s", "has a . with no digit behind it"},
    {"1 ", "has an unknown unit: use us, ms, s, m or h"},
    {"1 s", "has an unknown unit: use us, ms, s, m or h"},
    {"1S", "has an unknown unit: use us, ms, s, m or h"},
    {"1d", "has an unknown unit: use us, ms, s, m or h"},
    {"1sec", "has an unknown unit: use us, ms, s, m or h"},
    {"1s2", "has an unknown unit: use us, ms, s, m or h"},
    {"1,5", "has an unknown unit: use us, ms, s, m or h"},
    {"1e3", "has an unknown unit: use us, ms, s, m or h"},
    {"0x10", "has an unknown unit: use us, ms, s, m or h"},
    {"1.2.3", "has an unknown unit: use us, ms, s, m or h"},
    {"1\xc2\xb5s", "has an unknown unit: use us, ms, s, m or h"},
    {"1000000.001h", "is too large"},
    {"1000001h", "is too large"},
    {"3600000000.000000001", "is too large"},
    {"18446744073709551616us", "is too large"},
    {"99999999999999999999999999999999999999999999999999999999999999999999999999999999999", "is too large"},
};

static const struct {
    int64_t ns;
    const char *for_reader;
    const char *seconds;
} written[] = {
    {0, "0 s", "0"},
    {1, "0.001 us", "0.000000001"},
    {999, "0.999 us", "0.000000999"},
    {1000, "1 us", "0.000001"},
    {1234, "1.23 us", "0.000001234"},
    {850000, "850 us", "0.00085"},
    {999499, "999 us", "0.000999499"},
    {999500, "1 ms", "0.0009995"},
    {1234567, "1.23 ms", "0.001234567"},
    {1235000, "1.24 ms", "0.001235"},
    {9996000, "10 ms", "0.009996"},
    {12340000, "12.3 ms", "0.01234"},
    {99960000, "100 ms", "0.09996"},
    {200000000, "200 ms", "0.2"},
    {999499999, "999 ms", "0.999499999"},
    {999500000, "1 s", "0.9995"},
    {1500000000, "1.5 s", "1.5"},
    {2000000000, "2 s", "2"},
    {10000000000, "10 s", "10"},
    {100400000000, "100 s", "100.4"},
    {3600000000000, "3600 s", "3600"},
    {-1234567, "-1.23 ms", "-0.001234567"},
    {-2000000000, "-2 s", "-2"},
    {INT64_MAX, "9223372037 s", "9223372036.854775807"},
    {INT64_MIN, "-9223372037 s", "-9223372036.854775808"},
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

int main(void)
{
    /* Where there is such a locale, its decimal comma must change nothing. */
    setlocale(LC_ALL, "de_DE.UTF-8");

    for (size_t i = 0; i < COUNT(valid); i++) {
        int64_t ns = -1;
        const char *why = "";
        ok(duration_parse(valid[i].text, &ns, &why), "'%s' is a duration", valid[i].text);
        is_int(ns, valid[i].ns, "'%s' is %lld ns", valid[i].text, (long long)valid[i].ns);
    }
    for (size_t i = 0; i < COUNT(invalid); i++) {
        int64_t ns = 42;
        const char *why = "";
        ok(!duration_parse(invalid[i].text, &ns, &why), "'%s' is no duration", invalid[i].text);
        is_str(why, invalid[i].why, "'%s' %s", invalid[i].text, invalid[i].why);
        is_int(ns, 42, "'%s' leaves the value untouched", invalid[i].text);
    }
    for (size_t i = 0; i < COUNT(written); i++) {
        char out[24], seconds[32];
        is_str(duration_format(written[i].ns, out, sizeof out), written[i].for_reader, "%lld ns reads as '%s'",
               (long long)written[i].ns, written[i].for_reader);
        is_str(duration_seconds(written[i].ns, seconds, sizeof seconds), written[i].seconds, "%lld ns are %s seconds",
               (long long)written[i].ns, written[i].seconds);
    }
    char small[4];
    is_str(duration_format(1500000000, small, sizeof small), "1.5", "a buffer that is too small is terminated");
    is_str(duration_seconds(123456789, small, sizeof small), "0.1", "so is one for seconds");
    done_testing();
    return exit_status();
}
