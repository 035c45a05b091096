/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JIDs: a prepared one is prepared to itself. */
#include "jid.h"

#include "fuzz.h"
#include "host.h"

static void check_part(const char *part)
{
    if (!part)
        return;
    size_t length = strlen(part);
    EXPECT(length > 0 && length <= 1023, "a part of %zu bytes", length);
    EXPECT(fuzz_is_utf8(part, length), "%s", part);
    for (; *part != '\0'; part++)
        EXPECT((unsigned char)*part >= ' ' && *part != 0x7f, "a control character in %s", part);
}

static void check_ascii(const char *ascii)
{
    char name[256];
    bool absolute;
    EXPECT(ascii[strspn(ascii, "abcdefghijklmnopqrstuvwxyz0123456789-_.:[]")] == '\0', "%s", ascii);
    union address address;
    if (ascii[0] == '[')
        EXPECT(host_literal(ascii, &address), "%s", ascii);
    else if (!host_literal(ascii, &address))
        EXPECT(host_name(ascii, name, &absolute) && !absolute && strcmp(name, ascii) == 0, "%s", ascii);
}

static void check_alias(const char *text)
{
    size_t room = strlen(text) + 1;
    char *alias = malloc(room);
    jid_alias(text, alias, room);
    EXPECT(jid_alias_valid(alias) == (*text != '\0'), "%s as %s", text, alias);
    char small[8];
    jid_alias(text, small, sizeof small);
    EXPECT(strncmp(small, alias, strlen(small)) == 0 && strlen(small) < sizeof small, "%s as %s", text, small);
    free(alias);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    struct jid jid, again;
    const char *why = NULL;
    check_alias(text);
    if (!jid_parse(text, &jid, &why)) {
        EXPECT(why && *why && !jid.node && !jid.domain && !jid.ascii && !jid.resource, "%s", text);
        free(text);
        return 0;
    }
    EXPECT(jid.domain && jid.ascii, "%s has no domain", text);
    check_part(jid.node);
    check_part(jid.domain);
    check_part(jid.resource);
    check_ascii(jid.ascii);
    char written[4096];
    jid_format(&jid, written, sizeof written);
    EXPECT(jid_parse(written, &again, &why), "%s as %s %s", text, written, why);
    EXPECT(jid_equal(&jid, &again) && jid_equal_bare(&again, &jid), "%s as %s", text, written);
    EXPECT(strcmp(jid.ascii, again.ascii) == 0, "%s: %s and %s", text, jid.ascii, again.ascii);
    EXPECT(jid_same_server(&jid, &again), "%s as %s", text, written);
    jid_free(&again);
    EXPECT(jid_parse(jid.ascii, &again, &why) && strcmp(jid.domain, again.domain) == 0, "%s: %s is %s", text, jid.ascii,
           again.domain);
    jid_free(&again);
    jid_free(&jid);
    free(text);
    return 0;
}
