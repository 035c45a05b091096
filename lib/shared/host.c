/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "idna.h"

#define DNS_PORT 53

/* A decimal number from 1 to MAXIMUM without sign or white space; 0 when it is none. */
static unsigned long read_number(const char *text, unsigned long maximum)
{
    unsigned long value = 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        value = value * 10 + (unsigned long)(*text - '0');
        if (value > maximum)
            return 0;
    }
    return *text == '\0' ? value : 0;
}

bool host_literal(const char *text, union address *address)
{
    char copy[INET6_ADDRSTRLEN + 1 + IF_NAMESIZE];
    size_t length = strlen(text);
    bool brackets = length >= 2 && text[0] == '[' && text[length - 1] == ']';
    if (brackets) {
        text++;
        length -= 2;
    }
    if (length == 0 || length >= sizeof(copy))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';

    memset(address, 0, sizeof(*address));
    if (!brackets && inet_pton(AF_INET, copy, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        return true;
    }
    char *zone = strchr(copy, '%');
    if (zone) {
        *zone++ = '\0';
        if (strchr(zone, ':')) /* Linux would take the index of the interface in front of it */
            return false;
        address->v6.sin6_scope_id = if_nametoindex(zone);
        if (address->v6.sin6_scope_id == 0)
            address->v6.sin6_scope_id = (uint32_t)read_number(zone, UINT32_MAX);
        if (address->v6.sin6_scope_id == 0)
            return false;
    }
    if (inet_pton(AF_INET6, copy, &address->v6.sin6_addr) != 1)
        return false;
    address->v6.sin6_family = AF_INET6;
    return true;
}

bool host_same(const union address *a, const union address *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
    return IN6_ARE_ADDR_EQUAL(&a->v6.sin6_addr, &b->v6.sin6_addr) && a->v6.sin6_scope_id == b->v6.sin6_scope_id;
}

void host_set_port(union address *address, uint16_t port)
{
    if (address->any.sa_family == AF_INET)
        address->v4.sin_port = htons(port);
    else
        address->v6.sin6_port = htons(port);
}

char *host_format(const union address *address, char *out, size_t size)
{
    char text[INET6_ADDRSTRLEN] = "?";
    if (address->any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &address->v4.sin_addr, text, sizeof(text));
        snprintf(out, size, "%s:%u", text, ntohs(address->v4.sin_port));
        return out;
    }
    inet_ntop(AF_INET6, &address->v6.sin6_addr, text, sizeof(text));
    char zone[IF_NAMESIZE + 1] = "";
    if (address->v6.sin6_scope_id != 0) {
        zone[0] = '%';
        if (!if_indextoname(address->v6.sin6_scope_id, zone + 1))
            snprintf(zone, sizeof(zone), "%%%u", address->v6.sin6_scope_id);
    }
    snprintf(out, size, "[%s%s]:%u", text, zone, ntohs(address->v6.sin6_port));
    return out;
}

/* Letters, digits, hyphens, and underscores, which host names of containers have; labels of 1 to 63, 253 in all (RFC
 * 1035). */
static bool is_host_name(const char *name)
{
    size_t label = 0, total = 0;
    for (; *name != '\0'; name++, total++) {
        if (*name == '.') {
            if (label == 0)
                return false;
            label = 0;
            continue;
        }
        bool allowed = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
                       (*name >= '0' && *name <= '9') || *name == '-' || *name == '_';
        if (!allowed || ++label > 63)
            return false;
    }
    return label > 0 && total <= 253;
}

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text > 0x7f)
            return false;
    return true;
}

bool host_ends_in_number(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && dot[1 + strspn(dot + 1, "0123456789")] == '\0';
}

bool host_name(const char *text, char out[256], bool *absolute)
{
    char *prepared = NULL;
    if (!is_ascii(text)) {
        if (idna_to_ascii(text, &prepared) != IDN2_OK)
            return false;
        text = prepared;
    }
    size_t length = strlen(text);
    *absolute = length > 0 && text[length - 1] == '.';
    if (*absolute)
        length--;
    bool fits = length < 256;
    if (fits) {
        memcpy(out, text, length);
        out[length] = '\0';
    }
    free(prepared);
    return fits && is_host_name(out) && !host_ends_in_number(out);
}

bool host_is_localhost(const char *name)
{
    static const char suffix[] = ".localhost";
    size_t length = strlen(name);
    if (length > 0 && name[length - 1] == '.')
        length--;
    if (length == sizeof(suffix) - 2)
        return strncasecmp(name, suffix + 1, length) == 0;
    return length > sizeof(suffix) - 1 &&
           strncasecmp(name + length - (sizeof(suffix) - 1), suffix, sizeof(suffix) - 1) == 0;
}

bool host_is_loopback(const union address *address)
{
    if (address->any.sa_family == AF_INET)
        return ntohl(address->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    const struct in6_addr *v6 = &address->v6.sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(v6) || (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == IN_LOOPBACKNET);
}

bool host_server(const char *text, union address *address)
{
    char host[INET6_ADDRSTRLEN + 2];
    uint16_t port = DNS_PORT;
    size_t length = strlen(text);
    const char *colon = strrchr(text, ':');
    bool one_colon = colon && strchr(text, ':') == colon;
    bool behind_bracket = colon && colon > text && colon[-1] == ']';
    if (one_colon || behind_bracket) {
        port = (uint16_t)read_number(colon + 1, UINT16_MAX);
        if (port == 0)
            return false;
        length = (size_t)(colon - text);
    }
    if (length >= sizeof(host))
        return false;
    memcpy(host, text, length);
    host[length] = '\0';
    /* c-ares knows no zones */
    if (strchr(host, '%') || !host_literal(host, address))
        return false;
    host_set_port(address, port);
    return true;
}
