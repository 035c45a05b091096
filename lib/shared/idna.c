/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "idna.h"

#include <idn2.h>
#include <strings.h>

#include "library.h"

#define ACE_PREFIX "xn--"

static struct {
    __typeof__(idn2_to_ascii_8z) *to_ascii;
    __typeof__(idn2_to_unicode_8z8z) *to_unicode;
    __typeof__(idn2_check_version) *check_version;
} loaded;

bool idna_is_for(const char *domain)
{
    bool label_begins = true;
    for (const char *c = domain; *c != '\0'; c++) {
        if ((unsigned char)*c > 0x7f || (label_begins && strncasecmp(c, ACE_PREFIX, sizeof ACE_PREFIX - 1) == 0))
            return true;
        label_begins = *c == '.';
    }
    return false;
}

bool idna_is_loaded(void)
{
    return loaded.to_ascii;
}

static bool load(void)
{
    static const struct library_function functions[] = {
        {"idn2_to_ascii_8z", &loaded.to_ascii},
        {"idn2_to_unicode_8z8z", &loaded.to_unicode},
        {"idn2_check_version", &loaded.check_version},
    };
    return idna_is_loaded() || library_load(LIBRARY_idn2, functions, sizeof functions / sizeof functions[0]);
}

bool idna_load(const char *domain)
{
    return !idna_is_for(domain) || load();
}

int idna_to_ascii(const char *domain, char **out)
{
    *out = NULL;
    return loaded.to_ascii ? loaded.to_ascii(domain, out, IDN2_NONTRANSITIONAL) : IDN2_DISALLOWED;
}

int idna_to_unicode(const char *domain, char **out)
{
    *out = NULL;
    return loaded.to_unicode ? loaded.to_unicode(domain, out, 0) : IDN2_DISALLOWED;
}

const char *idna_version(void)
{
    return load() ? loaded.check_version(NULL) : NULL;
}
