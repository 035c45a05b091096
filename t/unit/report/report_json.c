/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format.h"

#include <jansson.h>

#define SCENE_OUTPUT OUTPUT_JSON
#include "scene.h"
#include "json_library.h"
#include "perfdata.h"
#include "printed.h"

#define NO_PHASES "\"dns\":null,\"connect\":null,\"stream\":null,\"tls\":null,\"auth\":null,\"bind\":null,\"ping\":null"
#define NONE_IGNORED "{\"reflected\":0,\"strangers\":0,\"duplicates\":0,\"unasked\":0}"
#define TIME(label)                                                                                                    \
    "{\"label\":\"" label "\",\"value\":null,\"unit\":\"s\",\"warning\":null,\"critical\":null,\"min\":0.0,"           \
    "\"max\":10.0},"

static const char refused[] =
    "{\"state\":\"CRITICAL\",\"code\":2,\"summary\":\"connect: connect-refused: one\",\"phase\":\"connect\","
    "\"condition\":\"connect-refused\",\"server\":\"example.org\",\"targets\":[{\"alias\":null,\"jid\":\"example.org\","
    "\"state\":\"UNKNOWN\",\"condition\":null,\"text\":\"not pinged\",\"up\":false,\"sent\":0,\"received\":0,"
    "\"loss\":null,\"rtt\":null,\"rtt_min\":null,\"rtt_max\":null,\"rtt_first\":null,\"pings\":[]}],"
    "\"phases\":{\"dns\":0.01,\"connect\":0.01,\"stream\":null,\"tls\":null,\"auth\":null,\"bind\":null,\"ping\":null},"
    "\"endpoints\":[{\"name\":\"one.example.org 192.0.2.1:5222\",\"tls\":\"starttls\",\"connected\":false,"
    "\"time\":0.002,\"error\":{\"condition\":\"connect-refused\",\"text\":\"Connection refused\"}}],\"tls\":null,"
    "\"offers\":{\"before_tls\":[],\"behind_tls\":[]},\"mechanism\":null,\"sandbox\":null,\"findings\":[{\"state\":"
    "\"CRITICAL\","
    "\"condition\":\"connect-refused\","
    "\"text\":\"connect: connect-refused: one\"}],\"ignored\":" NONE_IGNORED ",\"metrics\":[" TIME("rtt")
        TIME("rtt_min") TIME("rtt_max")
            TIME("rtt_first") "{\"label\":\"loss\",\"value\":null,\"unit\":\"%\","
                              "\"warning\":null,\"critical\":null,\"min\":0.0,\"max\":100.0},"
                              "{\"label\":\"time\",\"value\":0.02,\"unit\":\"s\",\"warning\":null,\"critical\":\"9\","
                              "\"min\":0.0,\"max\":10.0},"
                              "{\"label\":\"time_dns\",\"value\":0.01,\"unit\":\"s\",\"warning\":null,\"critical\":"
                              "null,\"min\":0.0,"
                              "\"max\":10.0},"
                              "{\"label\":\"time_connect\",\"value\":0.01,\"unit\":\"s\",\"warning\":null,\"critical\":"
                              "null,\"min\":0.0,"
                              "\"max\":10.0}," TIME("time_stream") TIME("time_tls") TIME("time_auth")
                                  TIME("time_bind") "{\"label\":\"tcp_rtt\",\"value\":null,\"unit\":\"s\",\"warning\":"
                                                    "null,\"critical\":null,\"min\":0.0,"
                                                    "\"max\":10.0}],\"log\":null,\"checks\":[]}\n";

static const struct scene refused_scene = {.pings = {"-"},
                                           .no_tls = true,
                                           .last = PHASE_CONNECT,
                                           .failed = true,
                                           .condition = "connect-refused",
                                           .cause = "one",
                                           .endpoint_down = "connect-refused",
                                           .label = "time",
                                           .label_critical = "9"};

static void check_whole(void)
{
    struct staged staged;
    scene_play(&staged, &refused_scene);
    char *text = printed(report_json, &staged.check);
    is_str(text, refused, "all keys are there, in one order, whatever is known");
    free(text);
    staged.settings.omit_undetermined = true;
    text = printed(report_json, &staged.check);
    ok(strstr(text, "\"metrics\":[{\"label\":\"time\",") && !strstr(text, "\"label\":\"rtt\""),
       "with --omit-undetermined there are only the metrics that are known");
    free(text);
    scene_leave(&staged);
}

/* Also what is printed when jansson has no memory, but for state, code and summary. */
static const char resort[] =
    "{\"state\":\"UNKNOWN\",\"code\":3,\"summary\":\"out of memory\",\"phase\":null,\"condition\":null,\"server\":null,"
    "\"targets\":[],\"phases\":{" NO_PHASES "},\"endpoints\":[],\"tls\":null,"
    "\"offers\":{\"before_tls\":[],\"behind_tls\":[]},\"mechanism\":null,\"sandbox\":null,"
    "\"findings\":[{\"state\":\"UNKNOWN\",\"condition\":null,\"text\":\"out of memory\"}],\"ignored\":" NONE_IGNORED
    ",\"metrics\":[],\"log\":null,\"checks\":[]}\n";

static void check_unknown(void)
{
    struct settings settings = {0};
    char *text = printed_refusal(report_json, &settings, "out of memory");
    is_str(text, resort, "what fails before the run has the same keys");
    free(text);
    settings.jid.domain = (char *)"example.org";
    settings.verbose = 3;
    text =
        printed_refusal(report_json, &settings,
                        "--password-file: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
                        "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n0123456789 <x>");
    ok(strstr(text, "\"summary\":\"--password-file: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
                    "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 (x)\","),
       "a long reason is not cut in the summary");
    ok(strstr(text, "\"text\":\"--password-file: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
                    "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 (x)\"}"),
       "and stands whole, and clean, among the findings");
    ok(strstr(text, "\"server\":\"example.org\""), "the server is told as soon as it is known");
    ok(strstr(text, "\"log\":[]"), "with -vvv there is a log, if an empty one");
    free(text);
}

/* --- what each part says, read back --- */

/* The value at PATH: keys and indices with '/' between. */
static const json_t *at(const json_t *value, const char *path)
{
    char copy[100];
    snprintf(copy, sizeof copy, "%s", path);
    char *rest = copy;
    for (char *word; (word = strsep(&rest, "/")) != NULL;)
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(word)) : json_object_get(value, word);
    return value;
}

static void is_at(const json_t *report, const char *path, const char *expected)
{
    char *got = json_dumps(at(report, path), JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    is_str(got ? got : "missing", expected, "%s is %s", path, expected);
    free(got);
}

static json_t *play(const struct scene *scene, const char *log)
{
    struct staged staged;
    scene_play(&staged, scene);
    struct event event = event_new(EVENT_LOG);
    event_set(event.text, log);
    if (*log)
        result_take(&event, &staged.check.result);
    staged.check.result.ignored[IGNORED_STRANGER] = 2;
    char *text = printed(report_json, &staged.check);
    json_error_t error;
    json_t *report = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!ok(report != NULL, "it is JSON"))
        diag("%s at %d of %s", error.text, error.position, text);
    is_int((long long)strcspn(text, "\n") + 1, (long long)strlen(text), "on one line");
    free(text);
    scene_leave(&staged);
    return report;
}

static void check_parts(void)
{
    static const struct scene scene = {
        .pings = {"9 1.0004 2", "forbidden/auth@b.example x ? -", "remote-server-not-found/cancel@c.example"},
        .end = SUPERVISE_DEADLINE,
        .timeout_state = STATE_WARNING,
        .certificate = true,
        .days = -3,
        .mechanism = "SCRAM-SHA-1",
        .sandboxed = true,
        .bars = BAR_BIT(BAR_CALLS) | BAR_BIT(BAR_PORTS),
        .endpoint_down = "connect-timeout",
        .warning = "1",
        .verbose = 3};
    static const struct {
        const char *path, *value;
    } values[] = {
        {"state", "\"CRITICAL\""},
        {"code", "2"},
        {"phase", "\"ping\""},
        {"targets/0/alias", "null"},
        {"targets/0/up", "true"},
        {"targets/0/sent", "3"},
        {"targets/0/received", "3"},
        {"targets/0/loss", "0.0"},
        {"targets/0/rtt", "0.0015"},
        {"targets/0/rtt_min", "0.001"},
        {"targets/0/rtt_max", "0.002"},
        {"targets/0/rtt_first", "0.009"},
        {"targets/0/pings/1", "{\"seq\":2,\"outcome\":\"result\",\"time\":0.001,\"rtt\":0.001,\"error\":null}"},
        {"targets/1/alias", "\"b\""},
        {"targets/1/jid", "\"b.example\""},
        {"targets/1/state", "\"WARNING\""},
        {"targets/1/condition", "\"forbidden\""},
        {"targets/1/loss", "66.67"},
        {"targets/1/rtt", "null"},
        {"targets/1/pings",
         "[{\"seq\":1,\"outcome\":\"error\",\"time\":0.003,\"rtt\":0.003,\"error\":{\"condition\":\"forbidden\","
         "\"type\":\"auth\",\"text\":\"so it is\",\"by\":\"b.example\"}},"
         "{\"seq\":2,\"outcome\":\"timeout\",\"time\":5.0,\"rtt\":null,\"error\":null},"
         "{\"seq\":3,\"outcome\":\"pending\",\"time\":null,\"rtt\":null,\"error\":null}]"},
        {"targets/2/up", "false"},
        {"targets/2/pings/0/rtt", "null"},
        {"targets/2/pings/0/time", "0.003"},
        {"targets/2/pings/0/error/by", "\"example.org\""},
        {"phases/dns", "0.01"},
        {"endpoints/0/error/condition", "\"connect-timeout\""},
        {"endpoints/1", "{\"name\":\"two.example.org 192.0.2.2:5222\",\"tls\":\"starttls\",\"connected\":true,"
                        "\"time\":0.002,\"error\":null}"},
        {"tls", "{\"version\":\"TLSv1.3\",\"cipher\":\"TLS_AES_256_GCM_SHA384\",\"verified\":true,\"days_left\":-3,"
                "\"names\":\"example.org\",\"chain\":[]}"},
        {"mechanism", "\"SCRAM-SHA-1\""},
        {"sandbox", "{\"calls\":true,\"files\":false,\"ports\":true}"},
        {"findings/0/state", "\"WARNING\""},
        {"findings/0/condition", "\"deadline\""},
        {"ignored/strangers", "2"},
        {"metrics/0",
         "{\"label\":\"rtt\",\"value\":0.0015,\"unit\":\"s\",\"warning\":\"1\",\"critical\":null,\"min\":0.0,"
         "\"max\":10.0}"},
        {"log", "[\"(a)?? [31m\"]"},
    };
    json_t *report = play(&scene, "<a>|\xff\x1b[31m");
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        is_at(report, values[i].path, values[i].value);
    json_decref(report);
}

/* Without a login. */
static void check_offers(void)
{
    static const struct scene scene = {.pings = {"-"},
                                       .no_login = true,
                                       .before = "starttls",
                                       .behind = "PLAIN =tls-exporter",
                                       .certificate = true,
                                       .chain = true,
                                       .days = 5};
    json_t *report = play(&scene, "");
    is_at(report, "targets", "[]");
    is_at(report, "offers",
          "{\"before_tls\":[\"starttls\"],\"behind_tls\":[\"PLAIN\",\"channel-binding:tls-exporter\"]}");
    is_at(report, "tls/chain/0",
          "{\"names\":\"example.org\",\"key\":{\"type\":\"EC\",\"bits\":256},\"until\":\"2027-02-25T12:00:00Z\","
          "\"days_left\":5}");
    is_at(report, "tls/chain/1/names", "\"Root?CA\"");
    json_decref(report);
}

/* The values are those of the performance data, to the last digit. */
static void check_values(void)
{
    static const struct scene scene = {.pings = {"9 1.2345678 2", "30 0.000001 x"}, .certificate = true, .days = -3};
    struct staged staged;
    scene_play(&staged, &scene);
    char *text = printed(report_json, &staged.check), *perfdata = NULL;
    json_t *report = json_loads(text, 0, NULL);
    size_t size, index;
    FILE *out = open_memstream(&perfdata, &size);
    perfdata_print(out, &staged.check.verdict.metrics, false);
    fclose(out);
    const json_t *metric;
    char *rest = perfdata;
    json_array_foreach(at(report, "metrics"), index, metric)
    {
        const char *label = json_string_value(json_object_get(metric, "label"));
        const json_t *value = json_object_get(metric, "value");
        char *item = strsep(&rest, " "), *equals = item ? strchr(item, '=') : NULL;
        if (!ok(equals && strncmp(item, label, (size_t)(equals - item)) == 0, "%s is where it is in perfdata", label))
            break;
        ok(equals[1] == 'U' ? json_is_null(value) : json_number_value(value) == strtod(equals + 1, NULL),
           "its value is that of %s", item);
    }
    ok(!rest, "there are no others");
    json_decref(report);
    free(perfdata);
    free(text);
    scene_leave(&staged);
}

/* Of a certificate that was refused there is something to say, though the handshake was not completed. */
static void check_refused_certificate(void)
{
    struct scene scene = {.pings = {"-"},
                          .certificate = true,
                          .days = 7,
                          .last = PHASE_TLS,
                          .failed = true,
                          .condition = "cert-untrusted",
                          .cause = "no"};
    struct staged staged;
    scene_play(&staged, &scene);
    staged.check.result.tls = false;
    staged.check.result.tls_version[0] = staged.check.result.tls_cipher[0] = '\0';
    char *text = printed(report_json, &staged.check);
    ok(strstr(text, "\"tls\":{\"version\":null,\"cipher\":null,\"verified\":false,\"days_left\":7,"
                    "\"names\":\"example.org\",\"chain\":[]}"),
       "a refused certificate is told of, and is not verified");
    free(text);
    scene_leave(&staged);
}

/* No string of it may hold what a terminal, a shell or a browser would take. */
static void check_strings(const json_t *value, const char *scene)
{
    size_t index;
    const char *key;
    json_t *item;
    if (json_is_string(value))
        ok(!strpbrk(json_string_value(value), "|<>&'\"`$\\\x1b\xff\n"), "%s: '%s' is clean", scene,
           json_string_value(value));
    json_array_foreach(value, index, item) check_strings(item, scene);
    json_object_foreach((json_t *)value, key, item) check_strings(item, scene);
}

static void check_hostile(void)
{
    static const char evil[] = "a|b\nXMPP\x1b[2J$(x) `y` <z>\xff\xc2\x9b\"\\";
    static const struct scene scenes[] = {
        {"a failure", .pings = {"-"}, .failed = true, .last = PHASE_AUTH, .condition = evil, .cause = evil,
         .verbose = 3},
        {"a JID", .pings = {"1", "x"}, .jids = {NULL, "a|b\n`c`"}, .verbose = 3},
        {"an error", .pings = {"1", "a|b$/can<cel@b|c`\\"}, .verbose = 3},
        {"a mechanism and an endpoint", .pings = {"1"}, .mechanism = evil, .endpoint_down = evil, .verbose = 3},
        {"offers", .pings = {"-"}, .no_login = true, .before = evil, .behind = evil, .verbose = 3},
        {"the own domain", .jid = "a\"b|\xff", .pings = {"remote-server-not-found/cancel"}, .verbose = 3},
    };
    for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++) {
        json_t *report = play(&scenes[i], evil);
        check_strings(report, scenes[i].name);
        json_decref(report);
    }
}

/* --- no memory --- */

static int allocations_left;

static void *scarce_malloc(size_t size)
{
    return allocations_left-- > 0 ? malloc(size) : NULL;
}

static void check_memory(void)
{
    struct staged staged;
    struct scene scene = refused_scene;
    scene.verbose = 3;
    scene_play(&staged, &scene);
    struct event event = event_new(EVENT_LOG);
    event_set(event.text, "line");
    result_take(&event, &staged.check.result);
    char *whole = printed(report_json, &staged.check);
    int wrong = 0, allocations = 0;
    char critical[sizeof resort + SUMMARY_SIZE];
    snprintf(critical, sizeof critical, "{\"state\":\"CRITICAL\",\"code\":2,\"summary\":\"%s\"%s",
             staged.check.verdict.summary, strstr(resort, ",\"phase\""));
    json_set_alloc_funcs(scarce_malloc, free);
    for (bool done = false; !done && allocations < 100000; allocations++) {
        allocations_left = allocations;
        char *text = printed(report_json, &staged.check);
        done = strcmp(text, whole) == 0;
        wrong += !done && strcmp(text, critical) != 0;
        free(text);
    }
    json_set_alloc_funcs(malloc, free);
    ok(allocations > 100 && allocations < 100000, "it takes %d allocations", allocations);
    is_int(wrong, 0,
           "whichever of them fails, the report has the state and the same keys, and says that there is no memory");
    free(whole);
    scene_leave(&staged);
}

int main(void)
{
    json_library_load();
    check_whole();
    check_unknown();
    check_parts();
    check_offers();
    check_values();
    check_refused_certificate();
    check_hostile();
    check_memory();
    done_testing();
    return exit_status();
}
