/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "certificate.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "jid.h"

/* Names in certificates that OpenSSL has no number for in all versions. */
#define OID_SRV_NAME "1.3.6.1.5.5.7.8.7"  /* id-on-dnsSRV, RFC 4985 */
#define OID_XMPP_ADDR "1.3.6.1.5.5.7.8.5" /* id-on-xmppAddr, RFC 6120 section 13.7.1.4 */

/* --- time --- */

static int64_t days_until(const ASN1_TIME *time)
{
    int days = 0;
    int seconds = 0;
    if (!time || !ASN1_TIME_diff(&days, &seconds, NULL, time))
        return 0;
    return seconds < 0 ? days - 1 : days;
}

/* "2027-02-25T12:00:00Z"; empty when it is no time. */
static void describe_time(const ASN1_TIME *time, char *out, size_t size)
{
    struct tm tm;
    bool good = time && ASN1_TIME_to_tm(time, &tm) == 1 && strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0;
    if (!good)
        out[0] = '\0';
}

static int64_t days_of_chain(X509_STORE_CTX *verification, int64_t days)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(verification);
    for (int i = 0; i < sk_X509_num(chain); i++) {
        int64_t its_days = days_until(X509_get0_notAfter(sk_X509_value(chain, i)));
        days = its_days < days ? its_days : days;
    }
    return days;
}

/* --- identity --- */

static bool is_text(const ASN1_STRING *string, const char **text, int *length)
{
    *text = (const char *)ASN1_STRING_get0_data(string);
    *length = ASN1_STRING_length(string);
    return *length > 0 && memchr(*text, '\0', (size_t)*length) == NULL;
}

/* _xmpp-client.example.org */
static bool is_srv_id(const char *text, int length, const struct identity *identity)
{
    char wanted[300];
    int wanted_length = snprintf(wanted, sizeof wanted, "%s.%s", identity->service, identity->ascii);
    return length == wanted_length && strncasecmp(text, wanted, (size_t)length) == 0;
}

/* The JID of a server is its domain alone; it is compared prepared, as all JIDs are. */
static bool is_xmpp_addr(const char *text, int length, const struct identity *identity)
{
    char address[1024];
    struct jid jid;
    const char *why;
    if (length >= (int)sizeof address)
        return false;
    snprintf(address, sizeof address, "%.*s", length, text);
    if (!jid_parse_told(address, &jid, &why))
        return false;
    bool is = !jid.node && !jid.resource && strcmp(jid.domain, identity->domain) == 0;
    jid_free(&jid);
    return is;
}

static bool is_other_name(const OTHERNAME *name, const struct identity *identity)
{
    char oid[64] = "";
    const char *text;
    int length;
    OBJ_obj2txt(oid, sizeof oid, name->type_id, 1);
    if (strcmp(oid, OID_SRV_NAME) == 0 && name->value->type == V_ASN1_IA5STRING)
        return is_text(name->value->value.ia5string, &text, &length) && is_srv_id(text, length, identity);
    if (strcmp(oid, OID_XMPP_ADDR) == 0 && name->value->type == V_ASN1_UTF8STRING)
        return is_text(name->value->value.utf8string, &text, &length) && is_xmpp_addr(text, length, identity);
    return false;
}

static bool has_other_name(X509 *leaf, const struct identity *identity)
{
    bool has = false;
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; !has && i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        has = name->type == GEN_OTHERNAME && is_other_name(name->d.otherName, identity);
    }
    GENERAL_NAMES_free(names);
    return has;
}

/* OpenSSL holds DNS names to what an issuer is allowed to name, and has no such rule for the other kinds: an authority
 * that is trusted for its own domain only must not get any other by them. */
static bool is_constrained(X509_STORE_CTX *verification)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(verification);
    for (int i = 0; i < sk_X509_num(chain); i++)
        if (X509_get_ext_by_NID(sk_X509_value(chain, i), NID_name_constraints, -1) >= 0)
            return true;
    return false;
}

/* A common name is none: RFC 6125 has left it behind, and any CA may put anything there. */
static bool is_for(X509_STORE_CTX *verification, X509 *leaf, const struct identity *identity)
{
    unsigned char address[sizeof(struct in6_addr)];
    if (inet_pton(AF_INET, identity->ascii, address) == 1 || inet_pton(AF_INET6, identity->ascii, address) == 1)
        return X509_check_ip_asc(leaf, identity->ascii, 0) == 1;
    const unsigned flags = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    return X509_check_host(leaf, identity->ascii, 0, flags, NULL) == 1 ||
           (has_other_name(leaf, identity) && !is_constrained(verification));
}

/* --- in words --- */

static void add_name(char *out, size_t size, const ASN1_STRING *name)
{
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s%.*s", used ? ", " : "", ASN1_STRING_length(name),
             (const char *)ASN1_STRING_get0_data(name));
}

/* The DNS names of the leaf. */
static void describe_dns_names(X509 *leaf, char *out, size_t size)
{
    out[0] = '\0';
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DNS)
            add_name(out, size, name->d.dNSName);
    }
    GENERAL_NAMES_free(names);
}

/* The DNS names of the leaf; without any the common name, which counts for nothing, but tells the reader whose it is.
 */
static void describe_names(X509 *leaf, char *out, size_t size)
{
    describe_dns_names(leaf, out, size);
    char common[128];
    if (out[0] == '\0' &&
        X509_NAME_get_text_by_NID(X509_get_subject_name(leaf), NID_commonName, common, sizeof common) > 0)
        snprintf(out, size, "CN=%s, which is no name of a server", common);
}

/* An issuer has no DNS names, and most have a common name. */
static void describe_subject(X509 *certificate, char *out, size_t size)
{
    static const int kinds[] = {NID_commonName, NID_organizationalUnitName, NID_organizationName};
    const X509_NAME *subject = X509_get_subject_name(certificate);
    describe_dns_names(certificate, out, size);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && out[0] == '\0'; i++) {
        int at = X509_NAME_get_index_by_NID(subject, kinds[i], -1);
        if (at >= 0)
            add_name(out, size, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    }
}

static void describe_link(X509 *certificate, struct certificate_link *link)
{
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    const char *kind = key ? EVP_PKEY_get0_type_name(key) : NULL;
    describe_subject(certificate, link->names, sizeof link->names);
    snprintf(link->key, sizeof link->key, "%s", kind ? kind : "unknown");
    link->bits = key ? EVP_PKEY_get_bits(key) : 0;
    link->days_left = days_until(X509_get0_notAfter(certificate));
    describe_time(X509_get0_notAfter(certificate), link->until, sizeof link->until);
}

/* What X509_verify_cert() has built, whether it was good or not. */
static void describe_chain(X509_STORE_CTX *verification, struct certificate_facts *facts)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(verification);
    for (int i = 0; i < sk_X509_num(chain) && i < CERTIFICATE_CHAIN_MAX; i++)
        describe_link(sk_X509_value(chain, i), &facts->chain[facts->chain_length++]);
}

static void refuse(struct certificate_facts *facts, enum condition condition, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void refuse(struct certificate_facts *facts, enum condition condition, const char *format, ...)
{
    facts->condition = condition;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(facts->cause, sizeof facts->cause, format, arguments);
    va_end(arguments);
}

/* Many names must not hide whom the certificate had to be for. */
static void refuse_names(struct certificate_facts *facts, const struct identity *identity)
{
    const int most = 100;
    bool cut = strlen(facts->names) > (size_t)most;
    refuse(facts, CONDITION_CERT_HOSTNAME, "certificate is for %.*s%s, not %s", most,
           facts->names[0] ? facts->names : "no name", cut ? "..." : "", identity->domain);
}

static bool is_about_time(int error)
{
    return error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
}

static void describe_chain_error(X509_STORE_CTX *verification, int error, const struct identity *identity,
                                 struct certificate_facts *facts)
{
    const X509 *culprit = X509_STORE_CTX_get_current_cert(verification);
    const char *whose = X509_STORE_CTX_get_error_depth(verification) > 0 ? "an issuer" : identity->domain;
    int64_t days;
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        days = culprit ? -days_until(X509_get0_notAfter(culprit)) : 0;
        refuse(facts, CONDITION_CERT_EXPIRED, "certificate of %s expired %lld day%s ago", whose, (long long)days,
               days == 1 ? "" : "s");
        return;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        days = culprit ? days_until(X509_get0_notBefore(culprit)) + 1 : 0;
        refuse(facts, CONDITION_CERT_NOT_YET_VALID, "certificate of %s becomes valid in %lld day%s", whose,
               (long long)days, days == 1 ? "" : "s");
        return;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        refuse(facts, CONDITION_CERT_UNTRUSTED, "certificate of %s is self-signed", identity->domain);
        return;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        refuse(facts, CONDITION_CERT_UNTRUSTED, "certificate of %s is signed by an unknown authority",
               identity->domain);
        return;
    default:
        refuse(facts, CONDITION_CERT_UNTRUSTED, "certificate of %s: %s", whose, X509_verify_cert_error_string(error));
    }
}

bool certificate_verify(X509_STORE_CTX *verification, const struct identity *identity, struct certificate_facts *facts)
{
    memset(facts, 0, sizeof *facts);
    X509 *leaf = X509_STORE_CTX_get0_cert(verification);
    if (!leaf)
        return false;
    facts->seen = true;
    facts->days_left = days_until(X509_get0_notAfter(leaf));
    describe_names(leaf, facts->names, sizeof facts->names);

    bool good = X509_verify_cert(verification) == 1;
    int error = X509_STORE_CTX_get_error(verification);
    good = good && error == X509_V_OK;
    describe_chain(verification, facts);
    bool named = is_for(verification, leaf, identity);
    facts->verified = good && named;
    if (facts->verified) {
        facts->days_left = days_of_chain(verification, facts->days_left);
    } else if (good || (!named && is_about_time(error))) {
        /* Another server's certificate is the wrong one, whether its time is over or not. */
        refuse_names(facts, identity);
        X509_STORE_CTX_set_error(verification, X509_V_ERR_HOSTNAME_MISMATCH);
    } else {
        if (error == X509_V_OK) /* it gave up without a reason: no memory */
            X509_STORE_CTX_set_error(verification, X509_V_ERR_OUT_OF_MEM);
        describe_chain_error(verification, X509_STORE_CTX_get_error(verification), identity, facts);
    }
    ERR_clear_error();
    return facts->verified;
}
