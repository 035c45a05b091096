/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "idna.h"

#include <dlfcn.h>
#include <idn2.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LIBRARY "libidn2.so.0"
#define ACE_PREFIX "xn--"

/* All are there, or none. */
static struct {
    __typeof__(idn2_to_ascii_8z) *to_ascii;
    __typeof__(idn2_to_unicode_8z8z) *to_unicode;
    __typeof__(idn2_check_version) *check_version;
} libidn2;

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

static bool load(void)
{
    if (libidn2.to_ascii)
        return true;
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return false;
    void *to_ascii = dlsym(library, "idn2_to_ascii_8z");
    void *to_unicode = dlsym(library, "idn2_to_unicode_8z8z");
    void *check_version = dlsym(library, "idn2_check_version");
    if (!to_ascii || !to_unicode || !check_version)
        return false;
    libidn2.to_ascii = to_ascii;
    libidn2.to_unicode = to_unicode;
    libidn2.check_version = check_version;
    return true;
}

bool idna_load(const char *domain)
{
    return !idna_is_for(domain) || load();
}

int idna_to_ascii(const char *domain, char **out)
{
    *out = NULL;
    return libidn2.to_ascii ? libidn2.to_ascii(domain, out, IDN2_NONTRANSITIONAL) : IDN2_DISALLOWED;
}

int idna_to_unicode(const char *domain, char **out)
{
    *out = NULL;
    return libidn2.to_unicode ? libidn2.to_unicode(domain, out, 0) : IDN2_DISALLOWED;
}

const char *idna_version(void)
{
    return load() ? libidn2.check_version(NULL) : NULL;
}
