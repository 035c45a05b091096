/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What JSON's schema has from the tables. */
#include <stdio.h>

#include "generate.h"
#include "phase.h"

static void print_phase_names(const char *before, const char *after)
{
    printf("%s[", before);
    for (int i = 0; i < PHASE_COUNT; i++)
        printf("%s\"%s\"", i > 0 ? ", " : "", phase_name((enum phase)i));
    fputs(after, stdout);
}

void print_schema_definitions(int unused)
{
    (void)unused;
    puts("    \"state\": {\"enum\": [\"OK\", \"WARNING\", \"CRITICAL\", \"UNKNOWN\"]},");
    print_phase_names("    \"phase\": {\"enum\": ", ", null]},\n");
    puts("    \"phases\": {\n"
         "      \"type\": \"object\",\n"
         "      \"additionalProperties\": false,");
    print_phase_names("      \"required\": ", "],\n      \"properties\": {\n");
    for (int i = 0; i < PHASE_COUNT; i++)
        printf(
            "        \"%s\": {\"description\": \"In seconds.\", \"type\": [\"number\", \"null\"], \"minimum\": 0}%s\n",
            phase_name((enum phase)i), i < PHASE_COUNT - 1 ? "," : "");
    puts("      }\n"
         "    },\n"
         "    \"condition\": {\n"
         "      \"enum\": [");
    for (int i = 0; i < condition_name_count; i++) {
        if (is_first_of_name(i))
            printf("        \"%s\",\n", condition_names[i]);
    }
    puts("        null\n"
         "      ]\n"
         "    }");
}
