/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The masking of secrets in what the child tells: the first line is the password, the second the account's local part;
 * in the text behind, %p stands for the password, %x for it as XML has it, %b for it in base64 and %s for SASL PLAIN's
 * message. The text goes through the stream log, and masked and then cut into each field of an event. */
#include <openssl/evp.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "secret.h"
#include "stream_log.h"
#include "tell.h"

/* A shorter one is no secret. */
#define SHORTEST 4

static const char *password, *node;

static void write_base64(FILE *out, const char *in, size_t length)
{
    unsigned char *encoded = malloc(4 * ((length + 2) / 3) + 1);
    EVP_EncodeBlock(encoded, (const unsigned char *)in, (int)length);
    fputs((const char *)encoded, out);
    free(encoded);
}

static void write_plain(FILE *out)
{
    char *plain = NULL;
    size_t size = 0;
    FILE *message = open_memstream(&plain, &size);
    fprintf(message, "%c%s%c%s", '\0', node, '\0', password);
    fclose(message);
    write_base64(out, plain, size);
    free(plain);
}

static void write_escaped(FILE *out)
{
    for (const char *c = password; *c != '\0'; c++) {
        const char *entity = *c == '&'   ? "&amp;"
                             : *c == '<' ? "&lt;"
                             : *c == '>' ? "&gt;"
                             : *c == '"' ? "&quot;"
                                         : NULL;
        if (entity)
            fputs(entity, out);
        else
            fputc(*c, out);
    }
}

static char *expand(const char *text)
{
    char *expanded = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&expanded, &size);
    for (; *text != '\0'; text++) {
        char kind = *text == '%' ? text[1] : '\0';
        if (kind == 'p')
            fputs(password, out);
        else if (kind == 'x')
            write_escaped(out);
        else if (kind == 'b')
            write_base64(out, password, strlen(password));
        else if (kind == 's')
            write_plain(out);
        else
            fputc(*text, out);
        text += kind != '\0' && strchr("pxbs", kind);
    }
    fclose(out);
    return expanded;
}

/* WHOLE is what was said: where it holds the password, nothing of it may be left, however it was cut. */
static void check_field(const char *field, const char *whole, const char *escaped)
{
    bool word = strlen(whole) < 9; /* may be the protocol's own */
    if ((strstr(whole, password) || strstr(whole, escaped)) && !word)
        EXPECT(strcmp(field, "[masked]") == 0, "%s: '%s'", password, field);
}

/* What the parent reads. */
static void check_told(int fd, const char *whole, const char *escaped)
{
    struct event event;
    char *log = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&log, &size);
    lseek(fd, 0, SEEK_SET);
    while (read(fd, &event, sizeof event) == (ssize_t)sizeof event) {
        EXPECT(event_valid(&event, 1, 1), "a record of kind %u", event.kind);
        if (event.kind == EVENT_LOG) {
            fprintf(out, "%s%s", event.text, event.code ? "" : "\n");
            continue;
        }
        const char *const fields[] = {event.type, event.name, event.by, event.text};
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
            if (fields[i][0] != '\0')
                check_field(fields[i], whole, escaped);
    }
    fclose(out);
    EXPECT(!strstr(log, password), "%s in '%s'", password, log);
    EXPECT(!strstr(log, escaped), "%s in '%s'", escaped, log);
    free(log);
}

static void tell_all(const struct teller *teller, const char *text)
{
    text = tell_masked(teller, text);
    struct event event = event_new(EVENT_ENDPOINT);
    event_set(event.text, text);
    event_set(event.name, text);
    event_set(event.by, text);
    event_set(event.type, text);
    tell(teller, &event);
    struct failure failure;
    failure_set(&failure, PHASE_AUTH, CONDITION_NO_MECHANISM, "%.40s", text);
    tell_failure(teller, &failure);
}

static void run(const char *text)
{
    static int records = -1;
    if (records < 0)
        records = memfd_create("records", MFD_CLOEXEC);
    if (ftruncate(records, 0) != 0 || lseek(records, 0, SEEK_SET) != 0)
        abort();
    struct secret secret = {.set = true, .length = strlen(password)};
    memcpy(secret.value, password, secret.length);
    struct secrets secrets;
    secrets_collect(&secrets, &secret);
    struct teller teller = {.fd = records, .secrets = &secrets};
    char *expanded = expand(text), *escaped = expand("%x"), *message = NULL;
    if (asprintf(&message, "RECV: %s", expanded) < 0)
        abort();
    const xmpp_log_t *log = stream_log(&teller);
    log->handler(log->userdata, XMPP_LEVEL_DEBUG, "conn", message);
    free(message);
    tell_all(&teller, expanded);
    check_told(records, expanded, escaped);
    free(expanded);
    free(escaped);
    secrets_wipe(&secrets);
    EXPECT(!secrets_are_in(&secrets, text), "not wiped");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    char *rest = text;
    password = fuzz_line(&rest);
    node = fuzz_line(&rest);
    char beginning[SHORTEST + 1];
    snprintf(beginning, sizeof beginning, "%s", password);
    bool secret = strlen(password) >= SHORTEST && strlen(password) < sizeof((struct secret *)NULL)->value;
    /* what the child itself says is no secret */
    secret = secret && !strstr("received: <challenge> [masked] undefined-condition", beginning);
    if (secret && node && strlen(node) < 1024 && rest)
        run(rest);
    free(text);
    return 0;
}
