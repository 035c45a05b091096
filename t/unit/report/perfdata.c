/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "perfdata.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static const struct limits both = {.warning = {.set = true, .text = "0.2"}, .critical = {.set = true, .text = "@1:2"}};
static const struct limits critical_only = {.critical = {.set = true, .text = "~:1"}};

#define SECONDS(number) .label = (char *)"x", .unit = METRIC_SECONDS, .known = true, .value = (number)
#define PERCENT(number) .label = (char *)"x", .unit = METRIC_PERCENT, .known = true, .value = (number)
#define COUNT(number) .label = (char *)"x", .unit = METRIC_COUNT, .known = true, .value = (number)
#define DAYS(number) .label = (char *)"x", .unit = METRIC_DAYS, .known = true, .value = (number)
#define BOUNDS(low, high) .has_minimum = true, .minimum = (low), .has_maximum = true, .maximum = (high)

static const struct {
    struct metric metric;
    const char *text;
} figures[] = {
    {{SECONDS(0)}, "x=0.000000s"},
    {{SECONDS(0.001234567)}, "x=0.001235s"},
    {{SECONDS(12.5)}, "x=12.500000s"},
    {{SECONDS(3600000000.0)}, "x=3600000000.000000s"},
    {{SECONDS(-0.0025)}, "x=-0.002500s"},
    {{SECONDS(-1.25)}, "x=-1.250000s"},
    {{SECONDS(-0.0000001)}, "x=0.000000s"},
    {{SECONDS(1), BOUNDS(0, 10)}, "x=1.000000s;;;0;10"},
    {{SECONDS(1), BOUNDS(0, 0.25)}, "x=1.000000s;;;0;0.25"},
    {{SECONDS(1), BOUNDS(0, 0.000001)}, "x=1.000000s;;;0;0.000001"},
    {{SECONDS(1), BOUNDS(0, 3600000000.0)}, "x=1.000000s;;;0;3600000000"},
    {{SECONDS(1), .has_maximum = true, .maximum = 10}, "x=1.000000s;;;;10"},
    {{SECONDS(1), .has_minimum = true}, "x=1.000000s;;;0"},
    {{SECONDS(1), BOUNDS(0, 10), .limits = &both}, "x=1.000000s;0.2;@1:2;0;10"},
    {{SECONDS(1), BOUNDS(0, 10), .limits = &critical_only}, "x=1.000000s;;~:1;0;10"},
    {{SECONDS(1), .limits = &both}, "x=1.000000s;0.2;@1:2"},
    {{.label = (char *)"x", .unit = METRIC_SECONDS, BOUNDS(0, 10), .limits = &both}, "x=U;0.2;@1:2;0;10"},
    {{.label = (char *)"x", .unit = METRIC_DAYS}, "x=U"},
    {{PERCENT(0), BOUNDS(0, 100)}, "x=0%;;;0;100"},
    {{PERCENT(100)}, "x=100%"},
    {{PERCENT(100.0 / 3)}, "x=33.33%"},
    {{PERCENT(200.0 / 3)}, "x=66.67%"},
    {{PERCENT(12.5)}, "x=12.5%"},
    {{PERCENT(0.05)}, "x=0.05%"},
    {{PERCENT(10)}, "x=10%"},
    {{COUNT(5), BOUNDS(0, 1000)}, "x=5;;;0;1000"},
    {{DAYS(89)}, "x=89"},
    {{DAYS(-3)}, "x=-3"},
    {{DAYS(0)}, "x=0"},
};

static char *printed(const struct metrics *metrics, bool omit)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    perfdata_print(out, metrics, omit);
    fclose(out);
    return text;
}

int main(void)
{
    /* Where there is such a locale, its decimal comma must change nothing. */
    setlocale(LC_ALL, "de_DE.UTF-8");

    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        struct metric metric = figures[i].metric;
        struct metrics metrics = {&metric, 1};
        char *text = printed(&metrics, false);
        is_str(text, figures[i].text, "%g is printed as %s", metric.value, figures[i].text);
        free(text);
    }

    struct metric list[] = {{.label = (char *)"a", .unit = METRIC_DAYS},
                            {.label = (char *)"b", .unit = METRIC_DAYS, .known = true, .value = 1},
                            {.label = (char *)"c", .unit = METRIC_DAYS},
                            {.label = (char *)"d", .unit = METRIC_DAYS, .known = true, .value = 2}};
    struct metrics metrics = {list, 4};
    char *text = printed(&metrics, false);
    is_str(text, "a=U b=1 c=U d=2", "figures stand in their order, with single spaces between");
    free(text);
    text = printed(&metrics, true);
    is_str(text, "b=1 d=2", "what is not known can be left out");
    free(text);

    static char label[5000];
    for (size_t i = 0; i + 1 < sizeof label; i++)
        label[i] = 'l';
    struct metrics one = {&(struct metric){.label = label, .unit = METRIC_DAYS}, 1};
    text = printed(&one, false);
    is_int((long long)strlen(text), sizeof label - 1 + 2, "a label of any length is printed whole");
    free(text);
    done_testing();
    return exit_status();
}
