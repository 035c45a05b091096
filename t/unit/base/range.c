/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "range.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct {
    const char *text;
    enum range_unit unit;
    bool inside;
    double start;
    double end;
    const char *canonical;
} valid[] = {
    {"6", RANGE_NUMBER, false, 0, 6, "6"},
    {"0", RANGE_NUMBER, false, 0, 0, "0"},
    {"010", RANGE_NUMBER, false, 0, 10, "10"},
    {"10.0", RANGE_NUMBER, false, 0, 10, "10"},
    {"0.50", RANGE_NUMBER, false, 0, 0.5, "0.5"},
    {".5", RANGE_NUMBER, false, 0, 0.5, "0.5"},
    {"0:10", RANGE_NUMBER, false, 0, 10, "10"},
    {"-0:10", RANGE_NUMBER, false, 0, 10, "10"},
    {"-0:", RANGE_NUMBER, false, 0, INFINITY, "0:"},
    {"-5:-0.0", RANGE_NUMBER, false, -5, 0, "-5:0"},
    {":5.75", RANGE_NUMBER, false, 0, 5.75, "5.75"},
    {"-7:23", RANGE_NUMBER, false, -7, 23, "-7:23"},
    {"-5:10", RANGE_NUMBER, false, -5, 10, "-5:10"},
    {"-.5:-.25", RANGE_NUMBER, false, -0.5, -0.25, "-0.5:-0.25"},
    {"~:-95.99", RANGE_NUMBER, false, -INFINITY, -95.99, "~:-95.99"},
    {"~:0", RANGE_NUMBER, false, -INFINITY, 0, "~:0"},
    {"~:1", RANGE_NUMBER, false, -INFINITY, 1, "~:1"},
    {"~:", RANGE_NUMBER, false, -INFINITY, INFINITY, "~:"},
    {"10:", RANGE_NUMBER, false, 10, INFINITY, "10:"},
    {"0:", RANGE_NUMBER, false, 0, INFINITY, "0:"},
    {"12345678901234567890:", RANGE_NUMBER, false, 12345678901234567890.0, INFINITY, "12345678901234567890:"},
    {"@0:657.8210567", RANGE_NUMBER, true, 0, 657.8210567, "@657.8210567"},
    {"@10", RANGE_NUMBER, true, 0, 10, "@10"},
    {"@:10", RANGE_NUMBER, true, 0, 10, "@10"},
    {"@5:10", RANGE_NUMBER, true, 5, 10, "@5:10"},
    {"@~:10", RANGE_NUMBER, true, -INFINITY, 10, "@~:10"},
    {"@10:", RANGE_NUMBER, true, 10, INFINITY, "@10:"},
    {"@0:", RANGE_NUMBER, true, 0, INFINITY, "@0:"},
    {"1:1", RANGE_NUMBER, false, 1, 1, "1:1"},
    {"1:2", RANGE_NUMBER, false, 1, 2, "1:2"},
    {"@-1234567890123456789012345.678:0.0000000000000000000000000012", RANGE_NUMBER, true,
     -1234567890123456789012345.678, 1.2e-27, "@-1234567890123456789012345.678:0.0000000000000000000000000012"},
    {"10", RANGE_TIME, false, 0, 10, "10"},
    {"200ms", RANGE_TIME, false, 0, 0.2, "0.2"},
    {"850us", RANGE_TIME, false, 0, 0.00085, "0.00085"},
    {"1.5m", RANGE_TIME, false, 0, 90, "90"},
    {"0.1h", RANGE_TIME, false, 0, 360, "360"},
    {"~:1s", RANGE_TIME, false, -INFINITY, 1, "~:1"},
    {"@1ms:2s", RANGE_TIME, true, 0.001, 2, "@0.001:2"},
    {"-5ms:1s", RANGE_TIME, false, -0.005, 1, "-0.005:1"},
    {"500ms:", RANGE_TIME, false, 0.5, INFINITY, "0.5:"},
};

static const struct {
    const char *text;
    enum range_unit unit;
    const char *why;
} invalid[] = {
    {"", RANGE_NUMBER, "is empty"},
    {"@", RANGE_NUMBER, "has no end behind @"},
    {":", RANGE_NUMBER, "has neither a start nor an end"},
    {"@:", RANGE_NUMBER, "has neither a start nor an end"},
    {"2:1", RANGE_NUMBER, "has a start above its end"},
    {"-1", RANGE_NUMBER, "has a start above its end"},
    {"0.2:0.19", RANGE_NUMBER, "has a start above its end"},
    {"1:~", RANGE_NUMBER, "has ~ where only a start may be"},
    {"10:~", RANGE_NUMBER, "has ~ where only a start may be"},
    {"~", RANGE_NUMBER, "has ~ where only a start may be"},
    {"~5", RANGE_NUMBER, "has ~ where only a start may be"},
    {"~5:", RANGE_NUMBER, "has something behind ~"},
    {"foo", RANGE_NUMBER, "has no number"},
    {"@@1", RANGE_NUMBER, "has more than one @"},
    {"--1", RANGE_NUMBER, "has no number"},
    {"+1", RANGE_NUMBER, "has a + before its number"},
    {"nan", RANGE_NUMBER, "has no number"},
    {"inf", RANGE_NUMBER, "has no number"},
    {"1:-inf", RANGE_NUMBER, "has no number"},
    {" 1", RANGE_NUMBER, "has white space before its number"},
    {"1: 2", RANGE_NUMBER, "has white space before its number"},
    {"1:\t2", RANGE_NUMBER, "has white space before its number"},
    {"1:+2", RANGE_NUMBER, "has a + before its number"},
    {"@:+2", RANGE_NUMBER, "has a + before its number"},
    {"1:@2", RANGE_NUMBER, "has no number"},
    {"5.", RANGE_NUMBER, "has a . with no digit behind it"},
    {"5.:6", RANGE_NUMBER, "has a . with no digit behind it"},
    {"1-10", RANGE_NUMBER, "has something behind the number"},
    {"1-10:2.4", RANGE_NUMBER, "has something behind the number"},
    {"10abc", RANGE_NUMBER, "has something behind the number"},
    {"0x10", RANGE_NUMBER, "has something behind the number"},
    {"1e3", RANGE_NUMBER, "has something behind the number"},
    {"1 ", RANGE_NUMBER, "has something behind the number"},
    {"1,5", RANGE_NUMBER, "has something behind the number"},
    {"1.2.3", RANGE_NUMBER, "has something behind the number"},
    {"1:12%", RANGE_NUMBER, "has something behind the number"},
    {"200ms", RANGE_NUMBER, "has something behind the number"},
    {"1s:2", RANGE_NUMBER, "has something behind the number"},
    {"1:2:3", RANGE_NUMBER, "has more than one :"},
    {"1:2:", RANGE_NUMBER, "has more than one :"},
    {"1::2", RANGE_NUMBER, "has more than one :"},
    {"1::", RANGE_NUMBER, "has more than one :"},
    {"::", RANGE_NUMBER, "has more than one :"},
    {"~::2", RANGE_NUMBER, "has more than one :"},
    {"1234567890123456789012345678901", RANGE_NUMBER, "has a number with too many digits"},
    {"0.11111111111111111111111111111111111111111111111111111111111111111111", RANGE_NUMBER,
     "has a number with too many digits"},
    {"1.00000000000000000000000000000000000000000000000000000000000000000000000000000001", RANGE_NUMBER,
     "has a number with too many digits"},
    {"10abc", RANGE_TIME, "has an unknown unit: use us, ms, s, m or h"},
    {"1e3", RANGE_TIME, "has an unknown unit: use us, ms, s, m or h"},
    {"1d:2", RANGE_TIME, "has an unknown unit: use us, ms, s, m or h"},
    {"1s%", RANGE_TIME, "has something behind the number"},
    {"10%", RANGE_TIME, "has something behind the number"},
    {"1s1", RANGE_TIME, "has something behind the number"},
    {"5:200ms", RANGE_TIME, "has a start above its end"},
};

static const struct {
    const char *text;
    double value;
    bool alerts;
} alerts[] = {
    {"10", -0.001, true},   {"10", 0, false},          {"10", 10, false},        {"10", 10.001, true},
    {"10:", 9.999, true},   {"10:", 10, false},        {"10:", 1e300, false},    {"~:10", 10, false},
    {"~:10", 10.001, true}, {"~:10", -1e300, false},   {"10:20", 9.999, true},   {"10:20", 10, false},
    {"10:20", 20, false},   {"10:20", 20.001, true},   {"@10:20", 9.999, false}, {"@10:20", 10, true},
    {"@10:20", 20, true},   {"@10:20", 20.001, false}, {"~:", 1e300, false},     {"@~:", -1e300, true},
};

static const struct {
    const char *warning;
    const char *critical;
    double minimum;
    double maximum;
    bool shadowed;
} shadows[] = {
    {"1", "2", 0, INFINITY, false},
    {"2", "1", 0, INFINITY, true},
    {"1", "1", 0, INFINITY, true},
    {"~:1", "1", 0, INFINITY, true},
    {"~:1", "0.9", 0, INFINITY, true},
    {"20:", "10:", 0, 100, false},
    {"10:", "20:", 0, 100, true},
    {"10:", "5:", -INFINITY, INFINITY, false},
    {"@1:2", "2", 0, INFINITY, false},
    {"@5:6", "2", 0, INFINITY, true},
    {"@2:6", "2", 0, INFINITY, false},
    {"@1:2", "@1:2", 0, INFINITY, true},
    {"@1:2", "@1:1.5", 0, INFINITY, false},
    {"@~:", "~:", 0, 10, false},
    {"~:", "10", 0, 10, true},
    {"100", "50", 0, 100, true},
    {"50", "100", 0, 100, false},
    {"5", "@5:10", 0, 10, true},
    {"5", "@6:10", 0, 10, false},
    {"@5:10", "5", 0, 10, false},
    {"~:5", "0:5", -INFINITY, INFINITY, true},
    {"0:5", "~:5", -INFINITY, INFINITY, false},
    {"0:5", "~:5", 0, INFINITY, true},
};

static struct range parsed(const char *text)
{
    struct range range = {0};
    const char *why;
    if (!range_parse(text, RANGE_NUMBER, &range, &why))
        diag("%s %s", text, why);
    return range;
}

/* All ranges with ends in -1..4 against each other on [0, 3]. Steps of a quarter hit each end and each gap. */
static void check_shadows_on_grid(void)
{
    static struct range ranges[128];
    size_t count = 0;
    for (int inside = 0; inside < 2; inside++) {
        for (int start = -2; start <= 4; start++) {
            for (int end = start < -1 ? -1 : start; end <= 5; end++) {
                struct range range = {.set = true, .inside = inside, .start = start, .end = end};
                if (start == -2)
                    range.start = -INFINITY;
                if (end == 5)
                    range.end = INFINITY;
                ranges[count++] = range;
            }
        }
    }
    int wrong = 0, shadowed = 0;
    for (size_t w = 0; w < count; w++) {
        for (size_t c = 0; c < count; c++) {
            bool expected = true;
            for (double value = 0; value <= 3; value += 0.25)
                expected = expected && (!range_alerts(&ranges[w], value) || range_alerts(&ranges[c], value));
            wrong += range_shadowed(&ranges[w], &ranges[c], 0, 3) != expected;
            shadowed += expected;
        }
    }
    is_int(wrong, 0, "shadows agree with a grid for %zu pairs of ranges, %d of them shadowed", count * count, shadowed);
}

static void check_texts(void)
{
    for (size_t i = 0; i < COUNT(valid); i++) {
        struct range range = {0}, again = {0};
        const char *why = "";
        if (!ok(range_parse(valid[i].text, valid[i].unit, &range, &why), "'%s' is a range", valid[i].text))
            diag("%s", why);
        ok(range.set && range.inside == valid[i].inside && range.start == valid[i].start && range.end == valid[i].end,
           "'%s' is %s %g to %g", valid[i].text, valid[i].inside ? "inside" : "outside", valid[i].start, valid[i].end);
        is_str(range.text, valid[i].canonical, "'%s' is written '%s'", valid[i].text, valid[i].canonical);
        ok(range_parse(range.text, RANGE_NUMBER, &again, &why) && again.start == range.start &&
               again.end == range.end && again.inside == range.inside && strcmp(again.text, range.text) == 0,
           "'%s' reads back as the same range", range.text);
    }
    for (size_t i = 0; i < COUNT(invalid); i++) {
        struct range range = {.end = 42};
        const char *why = "";
        ok(!range_parse(invalid[i].text, invalid[i].unit, &range, &why), "'%s' is no range", invalid[i].text);
        is_str(why, invalid[i].why, "'%s' %s", invalid[i].text, invalid[i].why);
        ok(!range.set && range.end == 42, "'%s' leaves the range untouched", invalid[i].text);
    }
}

int main(void)
{
    /* Where there is such a locale, its decimal comma must change nothing. */
    setlocale(LC_ALL, "de_DE.UTF-8");

    check_texts();
    for (size_t i = 0; i < COUNT(alerts); i++) {
        struct range range = parsed(alerts[i].text);
        ok(range_alerts(&range, alerts[i].value) == alerts[i].alerts, "'%s' %s at %g", alerts[i].text,
           alerts[i].alerts ? "alerts" : "does not alert", alerts[i].value);
    }
    for (size_t i = 0; i < COUNT(shadows); i++) {
        struct range warning = parsed(shadows[i].warning), critical = parsed(shadows[i].critical);
        ok(range_shadowed(&warning, &critical, shadows[i].minimum, shadows[i].maximum) == shadows[i].shadowed,
           "on %g to %g warning '%s' is %sshadowed by critical '%s'", shadows[i].minimum, shadows[i].maximum,
           shadows[i].warning, shadows[i].shadowed ? "" : "not ", shadows[i].critical);
    }
    check_shadows_on_grid();

    struct range none = {0}, five = parsed("5"), open = parsed("5:"), all = parsed("~:");
    ok(!range_alerts(&none, 1e9), "a range that is not set never alerts");
    ok(!range_shadowed(&none, &five, 0, 10) && !range_shadowed(&five, &none, 0, 10), "nor is it part of a shadow");
    ok(range_reaches(&five, 5) && range_reaches(&five, 4), "'5' reaches 5 and 4");
    ok(!range_reaches(&five, 5.001), "'5' does not reach 5.001");
    ok(range_reaches(&open, 5) && !range_reaches(&open, 6), "'5:' reaches 5 and not 6");
    ok(!range_reaches(&all, 0), "'~:' reaches nothing");
    ok(!range_reaches(&none, -1), "a range that is not set reaches nothing");
    done_testing();
    return exit_status();
}
