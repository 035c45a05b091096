/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust.h"

#include <ctype.h>
#include <dirent.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The system's bundle while it has not been read; OpenSSL's look-up gives its callback no argument of ours. */
static const char *unread_bundle;

/* Adds the certificates in FILE; what else it has, as a key that somebody put beside them, is passed over. */
static bool load_file(X509_STORE *store, const char *file)
{
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    return lookup && X509_load_cert_file(lookup, file, X509_FILETYPE_PEM) > 0;
}

/* Asked for an issuer that the hashed directory does not have: now, and not before, the bundle is worth its time. */
static int find_in_bundle(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name, X509_OBJECT *found)
{
    X509_STORE *store = X509_LOOKUP_get_store(lookup);
    if (type != X509_LU_X509 || !unread_bundle)
        return 0;
    load_file(store, unread_bundle);
    ERR_clear_error();
    unread_bundle = NULL;
    X509_OBJECT *object = X509_OBJECT_retrieve_by_subject(X509_STORE_get0_objects(store), type, name);
    return object && X509_OBJECT_set1_X509(found, X509_OBJECT_get0_X509(object));
}

static const char *environment_or(const char *name, const char *standard)
{
    const char *value = getenv(name);
    return value && *value ? value : standard;
}

static const char *system_directory(void)
{
    return environment_or(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
}

/* Whether NAME is that of a file in a hashed directory: eight hexadecimal digits, a dot, a number. */
static bool is_hashed_name(const char *name)
{
    for (int i = 0; i < 8; i++)
        if (!isxdigit((unsigned char)name[i]))
            return false;
    return name[8] == '.' && isdigit((unsigned char)name[9]);
}

/* DIRECTORIES: separated by colons, as OpenSSL takes them. */
static bool has_hashed_file(const char *directories)
{
    bool has = false;
    for (const char *at = directories; *at && !has; at += strcspn(at, ":"), at += *at == ':') {
        char path[4096];
        snprintf(path, sizeof path, "%.*s", (int)strcspn(at, ":"), at);
        DIR *directory = opendir(path);
        const struct dirent *entry;
        while (directory && !has && (entry = readdir(directory)))
            has = is_hashed_name(entry->d_name);
        if (directory)
            closedir(directory);
    }
    return has;
}

static bool is_filled(const char *file)
{
    struct stat status;
    return stat(file, &status) == 0 && status.st_size > 0;
}

/* The system's CAs, where OpenSSL would look for them: the hashed directory, which OpenSSL reads lazily, and the
 * bundle, which by find_in_bundle() is read lazily too. A user's own SSL_CERT_FILE and SSL_CERT_DIR mean what they
 * mean. */
static bool trust_system(X509_STORE *store, bool insecure, char *why, size_t why_size)
{
    const char *directory = system_directory();
    const char *file = environment_or(X509_get_default_cert_file_env(), X509_get_default_cert_file());
    if (!insecure && !is_filled(file) && !has_hashed_file(directory)) {
        snprintf(why, why_size, "no CA to trust: neither %s nor %s has one; install ca-certificates or give --ca-file",
                 file, directory);
        return false;
    }
    snprintf(why, why_size, "out of memory");
    X509_LOOKUP_METHOD *method = X509_LOOKUP_meth_new("bundle when needed");
    if (!method || !X509_STORE_load_path(store, directory) ||
        !X509_LOOKUP_meth_set_get_by_subject(method, find_in_bundle) || !X509_STORE_add_lookup(store, method))
        return false;
    unread_bundle = file;
    return true;
}

static bool trust_given(const struct settings *settings, X509_STORE *store, char *why, size_t why_size)
{
    snprintf(why, why_size, "out of memory");
    if (!X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN)) /* each is an anchor, self-signed or not */
        return false;
    if (settings->ca_file && !load_file(store, settings->ca_file)) {
        snprintf(why, why_size, "--ca-file: %s holds no certificate that can be read", settings->ca_file);
        return false;
    }
    if (settings->ca_path && !X509_STORE_load_path(store, settings->ca_path)) {
        snprintf(why, why_size, "--ca-path: %s cannot be used", settings->ca_path);
        return false;
    }
    return true;
}

X509_STORE *trust_new(const struct settings *settings, char *why, size_t why_size)
{
    X509_STORE *store = X509_STORE_new();
    bool given = settings->ca_file || settings->ca_path;
    bool good = store && (given ? trust_given(settings, store, why, why_size)
                                : trust_system(store, settings->insecure, why, why_size));
    ERR_clear_error();
    if (good)
        return store;
    if (!store)
        snprintf(why, why_size, "out of memory");
    X509_STORE_free(store);
    return NULL;
}

void trust_reads(const struct settings *settings, struct sandbox_reads *reads)
{
    if (settings->ca_file && !settings->ca_path)
        return;
    /* where links in the system's directory, which many a --ca-path is, lead on Debian */
    sandbox_read(reads, "/etc/ssl/certs");
    sandbox_read(reads, "/usr/share/ca-certificates");
    sandbox_read(reads, "/usr/local/share/ca-certificates");
    sandbox_read(reads, unread_bundle);
    reads->directories = settings->ca_path ? settings->ca_path : system_directory();
}
