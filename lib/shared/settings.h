/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to probe and how to judge: one struct, filled from the command line and files, checked by settings_check() and
 * limits_check(), and const from then on. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "condition.h"
#include "jid.h"
#include "line.h"
#include "output.h"
#include "range.h"
#include "secret.h"
#include "state.h"

enum tls_mode { TLS_AUTO, TLS_STARTTLS, TLS_DIRECT, TLS_NONE };

enum login_way { LOGIN_WAY_AUTO, LOGIN_WAY_SASL2, LOGIN_WAY_RFC6120 };

/* What a server can offer beside SASL mechanisms, for --offers and --offers-not. */
enum server_feature {
    FEATURE_STARTTLS_REQUIRED,
    FEATURE_PLAIN_BEFORE_TLS,
    FEATURE_CHANNEL_BINDING, /* XEP-0440 */
    FEATURE_SASL2,           /* XEP-0388 */
    FEATURE_DIALBACK,        /* XEP-0220 */
    FEATURE_COUNT
};

/* As the options take them, in the order of their enums, with NULL at the end. */
extern const char *const tls_mode_names[];
extern const char *const login_way_names[];
extern const char *const server_feature_names[];

/* Ports by convention: RFC 6120 section 14.7; XEP-0368 has no registered ones, but servers use these. */
enum { PORT_CLIENT = 5222, PORT_CLIENT_TLS = 5223, PORT_SERVER = 5269, PORT_SERVER_TLS = 5270 };

/* A warning and a critical range for one figure. */
struct limits {
    struct range warning;
    struct range critical;
};

/* The configuration file of --profile without --config. */
#define CONFIG_FILE SYSCONFDIR "/check_xmpp_ping.conf"

/* Pings of all targets together, at most. */
#define SETTINGS_PINGS_MAX 100000

/* What a target may have that differs from the run's. */
enum {
    TARGET_GIVEN_COUNT = 1,
    TARGET_GIVEN_INTERVAL = 2,
    TARGET_GIVEN_PING_TIMEOUT = 4,
    TARGET_GIVEN_WARNING = 8,
    TARGET_GIVEN_CRITICAL = 16
};

/* One JID to ping. Element 0 of settings.targets is always the own server (alias "", no JID). */
struct target {
    char *alias;
    char *jid_text; /* as given, cleaned only when printed */
    struct jid jid;
    enum target_kind kind;
    int count;            /* pings, >= 1 */
    int64_t interval;     /* ns between an answer and the next ping */
    int64_t ping_timeout; /* ns; 0: what is left of the deadline */
    struct limits rtt;    /* of the mean RTT, in seconds */
    struct limits loss;   /* in percent */
    unsigned given;       /* TARGET_GIVEN_...: settings_check() fills the rest with the run's */
};

/* -L: ranges for the figure with this perfdata label. */
struct label_limits {
    char *label;
    struct limits limits;
    char *warning, *critical; /* as given: limits_check() knows the label's unit and reads them into limits */
};

struct condition_map {
    char name[CONDITION_SIZE];
    enum state state;
};

struct settings {
    /* the account */
    struct jid jid;
    char *jid_text;
    char *password_file;
    struct secret *password; /* of the one who has it and wipes it; a child wipes its own when it has logged in. NULL:
                              * these settings are not for a run */
    char *client_cert;       /* for SASL EXTERNAL: PEM, or PKCS#12 when there is no client_key */
    char *client_key;
    char **required_mechanisms; /* if any, no other may be used */
    size_t required_count;
    enum login_way login_way;
    /* another client than a user's, or none */
    bool no_login; /* SRV, race, stream, TLS and features only: no password, no pings. settings_check() sets it for s2s
                    */
    bool s2s;      /* at the server-to-server side */
    char *from_text;
    struct jid from; /* with s2s: a domain, the stream's "from"; all NULL unless from_text */
    char *component_text;
    struct jid component; /* XEP-0114: log in as its domain, ping from it; the password is its secret, and jid the
                           * domain of the server. All NULL unless component_text */
    /* what must be offered and what must not: a SASL mechanism, or one of server_feature_names */
    char **offers;
    size_t offers_count;
    char **offers_not;
    size_t offers_not_count;
    /* the way to the server */
    char *hostname;
    int port;   /* 0: by the TLS mode */
    int family; /* AF_UNSPEC, AF_INET, AF_INET6 */
    char *dns_server;
    enum tls_mode tls;
    char *ca_file;
    char *ca_path;
    bool insecure;
    bool require_sandbox;
    bool each_endpoint; /* a check of each endpoint, instead of one of the first that works */
    /* the pings */
    struct target *targets;
    size_t target_count; /* >= 1 */
    int count;
    int64_t interval;
    int64_t ping_timeout;
    int min_alive; /* -1: all remotes */
    /* the judgement */
    struct limits rtt;
    struct limits loss;
    struct label_limits *labels;
    size_t label_count;
    struct limits certificate; /* -C, as ranges over days */
    int64_t timeout;           /* ns */
    enum state timeout_state;
    struct condition_map *map;
    size_t map_count;
    /* the output */
    enum output_format output;
    bool omit_undetermined;
    bool quiet;
    int verbose;
    /* where they come from */
    char *config_file;
    char *profile;
    bool config_test; /* check the configuration instead of a server */
    uint64_t given;   /* the rows of the table of options that have been set, a bit for each: see option_bits() */
    /* all strings above: see settings_keep() */
    char **kept;
    size_t kept_count;
};

/* What a child is given. */
struct probe_input {
    const struct settings *settings;
    int64_t deadline; /* clock_now(), ns */
};

/* The defaults of the contract, one target (the own server). False when out of memory. The caller ends it with
 * settings_free() in both cases. */
bool settings_init(struct settings *settings);

/* A copy of TEXT that lives as long as SETTINGS, for one of their strings, which none of them owns. NULL when out of
 * memory. */
char *settings_keep(struct settings *settings, const char *text);

/* Each takes what it adds over, also on failure, which is that there is no memory, or was none for its texts. A metric
 * or condition that is there already is replaced. */
bool settings_add_target(struct settings *settings, struct target *target);
bool settings_add_limits(struct settings *settings, struct label_limits *limits);
bool settings_add_map(struct settings *settings, const struct condition_map *row);

/* Frees what a target holds. */
void target_free(struct target *target);

/* Whether -L, --map have been given for this label, this condition. */
bool settings_has_limit(const struct settings *settings, const char *label);
bool settings_has_map(const struct settings *settings, const char *condition);

/* Copies what WHICH (TARGET_GIVEN_...) names from the run's settings at FROM to TARGET. */
void settings_copy_to_target(struct target *target, const struct settings *from, unsigned which);

/* The password, where one is needed: from --password-file, else from the environment, which is wiped in any case, else
 * the one that the configuration has set. On failure returns false and writes to WHY a sentence that begins with the
 * option or the variable. */
bool settings_read_password(const struct settings *settings, struct line *why);

/* The state of a condition after --map: the map's where it has CONDITION's name, else FALLBACK. */
enum state settings_map(const struct settings *settings, struct any_condition condition, enum state fallback);

/* The state of endpoint-down: where each endpoint is to be checked, one that is down is a flaw. */
enum state settings_endpoint_down(const struct settings *settings);

/* The port where no SRV is asked. */
uint16_t settings_port(const struct settings *settings);

/* The most pings that any target has. */
uint32_t settings_most_pings(const struct settings *settings);

/* Whether the login is SASL ANONYMOUS: a bare domain was given as the account, and no client certificate. */
bool settings_anonymous(const struct settings *settings);

/* Whether a password is of any use: there is a login, and not by ANONYMOUS. */
bool settings_use_password(const struct settings *settings);

/* Frees all but the password. */
void settings_free(struct settings *settings);

#endif
