/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jid.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stringprep.h>

#include "host.h"
#include "idna.h"
#include "utf8.h"

#define PART_LONGEST 1023       /* bytes of one prepared part, RFC 6122 2.1 */
#define TEXT_LONGEST (9 * 1024) /* preparation makes a text at most three times shorter, but for what it drops */
#define LABEL_LONGEST 63        /* RFC 1035 2.3.4 */
#define NAME_LONGEST 253        /* the same, as text without the last dot */

static const char out_of_memory[] = "is out of memory";
static const char bad_domain[] = "has a domain that IDNA refuses";
static const char long_domain[] = "has a domain that is too long for DNS";
static const char ends_with_blank[] = "ends with a blank";

static bool refuse(const char **why, const char *reason)
{
    *why = reason;
    return false;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_lower_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_ascii(char c)
{
    return (unsigned char)c < 0x80;
}

/* Whether TEXT is valid UTF-8 without control characters. libidn expects valid UTF-8; old ones read beyond the end of
 * anything else (CVE-2015-2059). */
static bool check_characters(const char *text, size_t length, const char **why)
{
    while (length > 0) {
        uint32_t code;
        size_t bytes = utf8_decode(text, length, &code);
        if (bytes == 0)
            return refuse(why, "is not valid UTF-8");
        if (code < 0x20 || (code >= 0x7f && code < 0xa0))
            return refuse(why, "holds a control character");
        text += bytes;
        length -= bytes;
    }
    return true;
}

/* Whether nodeprep leaves C as it is, for ASCII: no upper case and nothing of RFC 6122 A.5. */
static bool is_plain_in_node(char c)
{
    return c > ' ' && c <= '~' && !(c >= 'A' && c <= 'Z') && !strchr("\"&'/:<>@", c);
}

/* Whether resourceprep leaves C as it is, for ASCII. */
static bool is_plain_in_resource(char c)
{
    return c >= ' ' && c <= '~';
}

/* What differs between a local part and a resource. */
struct part_kind {
    bool (*is_plain)(char);
    const char *profile; /* libidn's name */
    const char *refused;
    const char *empty;
    const char *too_long;
};

static const struct part_kind node_kind = {
    .is_plain = is_plain_in_node,
    .profile = "Nodeprep",
    .refused = "has a local part that nodeprep refuses",
    .empty = "has an empty local part before @",
    .too_long = "has a local part of more than 1023 bytes",
};

static const struct part_kind resource_kind = {
    .is_plain = is_plain_in_resource,
    .profile = "Resourceprep",
    .refused = "has a resource that resourceprep refuses",
    .empty = "has an empty resource behind /",
    .too_long = "has a resource of more than 1023 bytes",
};

/* Prepares the LENGTH bytes at TEXT into *OUT, for the caller to free. */
static bool prepare_part(const struct part_kind *kind, const char *text, size_t length, char **out, const char **why)
{
    size_t plain = 0;
    while (plain < length && kind->is_plain(text[plain]))
        plain++;
    char *prepared = strndup(text, length);
    if (!prepared)
        return refuse(why, out_of_memory);
    if (plain < length) {
        char *raw = prepared;
        prepared = NULL;
        int code = stringprep_profile(raw, &prepared, kind->profile, 0);
        free(raw);
        if (code != STRINGPREP_OK)
            return refuse(why, code == STRINGPREP_MALLOC_ERROR ? out_of_memory : kind->refused);
    }
    size_t prepared_length = strlen(prepared);
    if (prepared_length == 0 || prepared_length > PART_LONGEST) {
        free(prepared);
        return refuse(why, prepared_length == 0 ? kind->empty : kind->too_long);
    }
    *out = prepared;
    return true;
}

/* STD3's rules for each label, but for '_', which names in use have. */
static bool labels_valid(const char *ascii)
{
    for (;;) {
        size_t length = strcspn(ascii, ".");
        if (length == 0 || ascii[0] == '-' || ascii[length - 1] == '-')
            return false;
        for (size_t i = 0; i < length; i++) {
            if (!is_lower_alnum(ascii[i]) && ascii[i] != '-' && ascii[i] != '_')
                return false;
        }
        if (ascii[length] == '\0')
            return true;
        ascii += length + 1;
    }
}

static bool labels_short(const char *ascii)
{
    for (const char *label = ascii; *label != '\0';) {
        size_t length = strcspn(label, ".");
        if (length > LABEL_LONGEST)
            return false;
        label += length + (label[length] == '.');
    }
    return strlen(ascii) <= NAME_LONGEST;
}

/* DOMAIN as it came. */
static bool keep_domain(const char *domain, struct jid *jid, const char **why)
{
    jid->domain = strdup(domain);
    jid->ascii = strdup(domain);
    return jid->domain && jid->ascii ? true : refuse(why, out_of_memory);
}

static bool prepare_ipv6(const char *domain, struct jid *jid, const char **why)
{
    char text[INET6_ADDRSTRLEN] = "", literal[INET6_ADDRSTRLEN + 2];
    struct in6_addr address;
    size_t length = strlen(domain);
    if (domain[length - 1] != ']' || length - 2 >= sizeof text)
        return refuse(why, "has a domain in brackets that is no IPv6 address");
    memcpy(text, domain + 1, length - 2);
    if (inet_pton(AF_INET6, text, &address) != 1 || !inet_ntop(AF_INET6, &address, text, sizeof text))
        return refuse(why, "has a domain in brackets that is no IPv6 address");
    snprintf(literal, sizeof literal, "[%s]", text);
    return keep_domain(literal, jid, why);
}

/* Turns NAME, in lower case where it is ASCII, into A-labels by IDNA 2008, with the mappings of UTS 46
 * (non-transitional) for what people type: other cases and widths, other dots. An A-label that this library cannot turn
 * back stays as it is: a newer one has more of them. */
static bool encode(const char *name, bool ascii, char **out, const char **why)
{
    int code = idna_to_ascii(name, out);
    if (code == IDN2_OK)
        return true;
    if (code == IDN2_MALLOC)
        return refuse(why, out_of_memory);
    if (!ascii) {
        bool too_long = code == IDN2_TOO_BIG_LABEL || code == IDN2_TOO_BIG_DOMAIN || code == IDN2_PUNYCODE_BIG_OUTPUT;
        return refuse(why, too_long ? long_domain : bad_domain);
    }
    *out = strdup(name);
    return *out ? true : refuse(why, out_of_memory);
}

/* Turns DOMAIN into A-labels in lower case, without a last dot. */
static bool to_ascii(const char *domain, char **ascii, const char **why)
{
    bool plain = true;
    char *name = strdup(domain);
    if (!name)
        return refuse(why, out_of_memory);
    for (char *c = name; *c != '\0'; c++) {
        plain = plain && is_ascii(*c);
        *c = lower(*c);
    }
    if (!idna_is_for(name)) {
        *ascii = name;
    } else {
        bool encoded = encode(name, plain, ascii, why);
        free(name);
        if (!encoded)
            return false;
    }
    size_t length = strlen(*ascii);
    if (length > 0 && (*ascii)[length - 1] == '.')
        (*ascii)[length - 1] = '\0';
    return true;
}

/* Turns A-labels into U-labels, where that leads back to the same. */
static bool to_unicode(const char *ascii, char **domain, const char **why)
{
    char *decoded = NULL, *again = NULL;
    int code = IDN2_OK;
    if (idna_is_for(ascii))
        code = idna_to_unicode(ascii, &decoded);
    if (code == IDN2_OK && decoded)
        code = idna_to_ascii(decoded, &again);
    bool same = code == IDN2_OK && again && strcmp(again, ascii) == 0;
    *domain = same ? decoded : strdup(ascii);
    if (!same)
        free(decoded);
    free(again);
    return *domain && code != IDN2_MALLOC ? true : refuse(why, out_of_memory);
}

static bool prepare_domain(const char *domain, bool told, struct jid *jid, const char **why)
{
    union address address;
    if (domain[0] == '[')
        return prepare_ipv6(domain, jid, why);
    if (told && idna_is_for(domain) && !idna_is_loaded())
        return keep_domain(domain, jid, why);
    if (!told && !idna_load(domain))
        return refuse(why, "has a domain that needs libidn2, which is not here");
    if (!to_ascii(domain, &jid->ascii, why))
        return false;
    if (jid->ascii[0] == '\0')
        return refuse(why, "has no domain");
    if (!labels_valid(jid->ascii))
        return refuse(why, bad_domain);
    if (!labels_short(jid->ascii))
        return refuse(why, long_domain);
    if (host_ends_in_number(jid->ascii) && !host_literal(jid->ascii, &address))
        return refuse(why, "has a domain that ends in a number but is no IPv4 address");
    if (!to_unicode(jid->ascii, &jid->domain, why))
        return false;
    return strlen(jid->domain) <= PART_LONGEST ? true : refuse(why, "has a domain of more than 1023 bytes");
}

static bool prepare(const char *text, bool told, struct jid *jid, const char **why)
{
    size_t length = strlen(text);
    if (length == 0)
        return refuse(why, "is empty");
    if (length > TEXT_LONGEST)
        return refuse(why, "is too long");
    if (!check_characters(text, length, why))
        return false;
    if (text[0] == ' ' || text[length - 1] == ' ')
        return refuse(why, text[0] == ' ' ? "begins with a blank" : ends_with_blank);
    const char *slash = strchr(text, '/');
    const char *bare_end = slash ? slash : text + length;
    const char *at = memchr(text, '@', (size_t)(bare_end - text));
    if (at && !prepare_part(&node_kind, text, (size_t)(at - text), &jid->node, why))
        return false;
    if (slash && !prepare_part(&resource_kind, slash + 1, strlen(slash + 1), &jid->resource, why))
        return false;
    if (slash && jid->resource[strlen(jid->resource) - 1] == ' ')
        return refuse(why, ends_with_blank);
    const char *start = at ? at + 1 : text;
    if (start == bare_end)
        return refuse(why, "has no domain");
    char *domain = strndup(start, (size_t)(bare_end - start));
    if (!domain)
        return refuse(why, out_of_memory);
    bool done = prepare_domain(domain, told, jid, why);
    free(domain);
    return done;
}

static bool parse(const char *text, bool told, struct jid *jid, const char **why)
{
    *jid = (struct jid){0};
    if (prepare(text, told, jid, why))
        return true;
    jid_free(jid);
    return false;
}

bool jid_parse(const char *text, struct jid *jid, const char **why)
{
    return parse(text, false, jid, why);
}

bool jid_parse_told(const char *text, struct jid *jid, const char **why)
{
    return parse(text, true, jid, why);
}

void jid_free(struct jid *jid)
{
    free(jid->node);
    free(jid->domain);
    free(jid->ascii);
    free(jid->resource);
    *jid = (struct jid){0};
}

static bool same_part(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool jid_equal(const struct jid *a, const struct jid *b)
{
    return jid_equal_bare(a, b) && same_part(a->resource, b->resource);
}

bool jid_equal_bare(const struct jid *a, const struct jid *b)
{
    return same_part(a->node, b->node) && same_part(a->domain, b->domain);
}

bool jid_same_server(const struct jid *account, const struct jid *given)
{
    if (same_part(account->domain, given->domain))
        return true;
    char *prepared;
    if (stringprep_profile(account->domain, &prepared, "Nameprep", 0) != STRINGPREP_OK)
        return false;
    bool same = same_part(prepared, given->domain);
    free(prepared);
    return same;
}

char *jid_format(const struct jid *jid, char *out, size_t size)
{
    snprintf(out, size, "%s%s%s%s%s", jid->node ? jid->node : "", jid->node ? "@" : "", jid->domain ? jid->domain : "",
             jid->resource ? "/" : "", jid->resource ? jid->resource : "");
    return out;
}

char *jid_alias(const char *text, char *out, size_t size)
{
    size_t length = strlen(text);
    size_t used = 0;
    while (length > 0 && used + 1 < size) {
        uint32_t code;
        size_t bytes = utf8_decode(text, length, &code);
        char c = lower(*text);
        out[used++] = is_lower_alnum(c) ? c : '_';
        if (bytes == 0)
            bytes = 1;
        text += bytes;
        length -= bytes;
    }
    if (size > 0)
        out[used] = '\0';
    return out;
}

bool jid_alias_valid(const char *text)
{
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (!is_lower_alnum(*text) && *text != '_')
            return false;
    }
    return true;
}
