/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdlib.h>

#include "survey.h"
#include "text.h"

bool check_judge(struct check *check)
{
    return check->part_count > 0 ? survey_judge(check) : verdict_make(&check->verdict, check->settings, &check->result);
}

void check_refuse(struct check *check, const struct settings *settings, const char *why)
{
    *check = (struct check){.settings = settings, .verdict = {.state = STATE_UNKNOWN, .finding_count = 1}};
    struct verdict *verdict = &check->verdict;
    verdict->findings[0].state = STATE_UNKNOWN;
    text_clean_string(verdict->findings[0].text, sizeof verdict->findings[0].text, why);
    text_clean_string(verdict->whole, sizeof verdict->whole, why);
    text_clean_string(verdict->summary, sizeof verdict->summary, why);
    text_shorten(verdict->summary, FIRST_LINE_WIDTH);
}

/* The own server always is a target. */
bool check_was_run(const struct check *check)
{
    return check->result.target_count > 0;
}

void check_free(struct check *check)
{
    for (size_t i = 0; i < check->part_count; i++)
        check_free(&check->parts[i].check);
    free(check->parts);
    verdict_free(&check->verdict);
    result_free(&check->result);
}
