/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The login of a component (XEP-0114): a digest of the stream's id and the secret. The server proves nothing by it, and
 * there is no TLS. */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "login_parts.h"
#include "stanza.h"
#include "xmlns.h"

#define DIGEST_SIZE 20 /* SHA-1, as the XEP has it */

/* The digest of ID and SECRET as hexadecimal digits. */
static bool make_digest(const char *id, const struct secret *secret, char hex[2 * DIGEST_SIZE + 1])
{
    unsigned char digest[DIGEST_SIZE];
    EVP_MD_CTX *sum = EVP_MD_CTX_new();
    bool made = sum && EVP_DigestInit_ex(sum, EVP_sha1(), NULL) && EVP_DigestUpdate(sum, id, strlen(id)) &&
                EVP_DigestUpdate(sum, secret->value, secret->length) && EVP_DigestFinal_ex(sum, digest, NULL);
    EVP_MD_CTX_free(sum);
    for (int i = 0; made && i < DIGEST_SIZE; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return made;
}

void component_begin(struct login *login)
{
    char id[256], hex[2 * DIGEST_SIZE + 1];
    login->stream->by_tags = false;
    if (!stream_id(login->stream, id, sizeof id))
        return; /* there is nothing to answer; the stream error that says why, as Prosody's host-unknown, comes behind
                 */
    login->arrived = true;
    tell_phase(login->teller, PHASE_AUTH);
    if (!make_digest(id, login->settings->password, hex)) {
        login_fail_own(login, PHASE_AUTH, "out of memory");
        return;
    }
    secret_wipe(login->settings->password);
    secrets_add(login->secrets, hex);
    login->step = LOGIN_COMPONENT;
    login_send(login, stanza_new(login->stream->ctx, "handshake", NULL, hex));
    explicit_bzero(hex, sizeof hex);
}

void component_done(struct login *login)
{
    tell_login(login->teller);
    tell_phase_passed(login->teller, PHASE_BIND);
    login->pinger = ping_attach(login->pings, login->stream->conn, login->settings->component.domain);
    if (login->pinger)
        login->step = LOGIN_DONE;
    else
        login_fail_own(login, PHASE_BIND, "out of memory");
}
