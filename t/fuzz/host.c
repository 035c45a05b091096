/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Host names, addresses, name servers. */
#include "host.h"

#include <arpa/inet.h>

#include "fuzz.h"

static void check_address(const union address *address, const char *text)
{
    char written[80];
    union address again;
    host_format(address, written, sizeof written);
    EXPECT(strlen(written) < sizeof written - 1, "%s as %s", text, written);
    char *colon = strrchr(written, ':');
    EXPECT(colon, "%s as %s", text, written);
    EXPECT(atoi(colon + 1) == ntohs(address->v4.sin_port), "%s as %s", text, written); /* v6 has it at the same place */
    *colon = '\0';
    EXPECT(host_literal(written, &again), "%s as %s", text, written);
    EXPECT(host_same(address, &again) && host_same(&again, address), "%s as %s", text, written);
    EXPECT(host_is_loopback(address) == host_is_loopback(&again), "%s as %s", text, written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    union address address;
    if (host_literal(text, &address)) {
        EXPECT(address.any.sa_family == AF_INET || address.any.sa_family == AF_INET6, "%s", text);
        if (text[0] != '[' || address.any.sa_family == AF_INET6)
            check_address(&address, text);
    }
    if (host_server(text, &address)) {
        EXPECT(address.v4.sin_port != 0, "%s has no port", text);
        check_address(&address, text);
    }
    char name[256], again[256];
    bool absolute;
    if (host_name(text, name, &absolute)) {
        size_t length = strlen(name);
        EXPECT(length > 0 && length <= 253 && name[0] != '.' && name[length - 1] != '.', "%s as %s", text, name);
        bool dot;
        EXPECT(host_name(name, again, &dot) && !dot && strcmp(name, again) == 0, "%s as %s as %s", text, name, again);
        EXPECT(host_is_localhost(name) == host_is_localhost(again), "%s", name);
    }
    free(text);
    return 0;
}
