/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sasl2.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stanza.h"
#include "xmlns.h"

bool sasl2_agent_id(const char *jid, const char *host, char id[SASL2_ID_SIZE])
{
    char text[4096];
    unsigned char hash[SHA256_DIGEST_LENGTH];
    snprintf(text, sizeof text, "check_xmpp_ping\n%s\n%s", jid, host);
    if (!SHA256((unsigned char *)text, strlen(text), hash))
        return false;
    hash[6] = (unsigned char)((hash[6] & 0x0f) | 0x40); /* version 4 */
    hash[8] = (unsigned char)((hash[8] & 0x3f) | 0x80); /* of RFC 9562's kind */
    char *out = id;
    for (int i = 0; i < 16; i++) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;
        out += snprintf(out, 4, "%s%02x", dash ? "-" : "", hash[i]);
    }
    return true;
}

/* --- what is sent --- */

static bool add_user_agent(xmpp_ctx_t *ctx, xmpp_stanza_t *parent, const struct sasl2_request *request)
{
    xmpp_stanza_t *agent = stanza_add(ctx, parent, "user-agent", SASL2_XMLNS, NULL);
    return agent && xmpp_stanza_set_id(agent, request->agent_id) == XMPP_EOK &&
           stanza_add(ctx, agent, "software", SASL2_XMLNS, request->software);
}

xmpp_stanza_t *sasl2_authenticate_new(xmpp_ctx_t *ctx, const struct sasl2_request *request)
{
    xmpp_stanza_t *stanza = stanza_new(ctx, "authenticate", SASL2_XMLNS, NULL);
    if (!stanza)
        return NULL;
    if (xmpp_stanza_set_attribute(stanza, "mechanism", request->mechanism) == XMPP_EOK &&
        stanza_add(ctx, stanza, "initial-response", SASL2_XMLNS, request->response) &&
        add_user_agent(ctx, stanza, request) && (!request->bind || stanza_add(ctx, stanza, "bind", BIND2_XMLNS, NULL)))
        return stanza;
    xmpp_stanza_release(stanza);
    return NULL;
}

/* --- what comes --- */

static char *child_text(xmpp_stanza_t *stanza, const char *name)
{
    xmpp_stanza_t *child = xmpp_stanza_get_child_by_name_and_ns(stanza, name, SASL2_XMLNS);
    return child ? xmpp_stanza_get_text(child) : NULL;
}

char *sasl2_additional_data(xmpp_stanza_t *stanza)
{
    return child_text(stanza, "additional-data");
}

char *sasl2_identifier(xmpp_stanza_t *success)
{
    return child_text(success, "authorization-identifier");
}

bool sasl2_is_bound(xmpp_stanza_t *success)
{
    return xmpp_stanza_get_child_by_name_and_ns(success, "bound", BIND2_XMLNS) != NULL;
}

xmpp_stanza_t *sasl2_bind_failure(xmpp_stanza_t *success)
{
    return xmpp_stanza_get_child_by_name_and_ns(success, "failed", BIND2_XMLNS);
}

static void write_tasks(FILE *out, xmpp_stanza_t *stanza)
{
    xmpp_ctx_t *ctx = xmpp_stanza_get_context(stanza);
    xmpp_stanza_t *tasks = xmpp_stanza_get_child_by_name_and_ns(stanza, "tasks", SASL2_XMLNS);
    const char *between = "";
    for (xmpp_stanza_t *task = tasks ? xmpp_stanza_get_children(tasks) : NULL; task;
         task = xmpp_stanza_get_next(task)) {
        char *name = stanza_is(task, "task", SASL2_XMLNS) ? xmpp_stanza_get_text(task) : NULL;
        if (!name)
            continue;
        fprintf(out, "%s%s", between, name);
        between = " or ";
        xmpp_free(ctx, name);
    }
    if (*between == '\0')
        fputs("a further step", out);
}

char *sasl2_describe_tasks(xmpp_stanza_t *stanza)
{
    char *words = NULL;
    size_t size;
    FILE *out = open_memstream(&words, &size);
    if (!out)
        return NULL;
    write_tasks(out, stanza);
    char *text = child_text(stanza, "text");
    if (text) {
        fprintf(out, ": %s", text);
        xmpp_free(xmpp_stanza_get_context(stanza), text);
    }
    if (fclose(out) == 0)
        return words;
    free(words);
    return NULL;
}
