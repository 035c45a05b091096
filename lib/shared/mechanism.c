/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mechanism.h"

#include <string.h>

const struct mechanism mechanism_table[] = {
    {"EXTERNAL", CREDENTIAL_CERTIFICATE, NULL, false},
    {"SCRAM-SHA-512-PLUS", CREDENTIAL_PASSWORD, "SHA512", true},
    {"SCRAM-SHA-256-PLUS", CREDENTIAL_PASSWORD, "SHA256", true},
    {"SCRAM-SHA-1-PLUS", CREDENTIAL_PASSWORD, "SHA1", true},
    {"SCRAM-SHA-512", CREDENTIAL_PASSWORD, "SHA512", false},
    {"SCRAM-SHA-256", CREDENTIAL_PASSWORD, "SHA256", false},
    {"SCRAM-SHA-1", CREDENTIAL_PASSWORD, "SHA1", false},
    {"PLAIN", CREDENTIAL_PASSWORD, NULL, false},
    {"ANONYMOUS", CREDENTIAL_NONE, NULL, false},
};
const size_t mechanism_count = sizeof mechanism_table / sizeof *mechanism_table;

bool mechanism_name_valid(const char *text)
{
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    return length > 0 && length <= 20 && text[length] == '\0';
}

const struct mechanism *mechanism_find(const char *name)
{
    for (size_t i = 0; i < mechanism_count; i++)
        if (strcmp(mechanism_table[i].name, name) == 0)
            return &mechanism_table[i];
    return NULL;
}
