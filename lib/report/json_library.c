/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json_library.h"

#include <jansson.h>

#include "library.h"

/* clang-format off */
#define FUNCTIONS(X) \
    X(json_t *, json_array, (void), ()) \
    X(int, json_array_append_new, (json_t *array, json_t *value), (array, value)) \
    X(void, json_delete, (json_t *json), (json)) \
    X(char *, json_dumps, (const json_t *json, size_t flags), (json, flags)) \
    X(json_t *, json_false, (void), ()) \
    X(json_t *, json_integer, (json_int_t value), (value)) \
    X(json_t *, json_null, (void), ()) \
    X(json_t *, json_object, (void), ()) \
    X(int, json_object_set_new, (json_t *object, const char *key, json_t *value), (object, key, value)) \
    X(json_t *, json_real, (double value), (value)) \
    X(json_t *, json_string, (const char *value), (value)) \
    X(json_t *, json_true, (void), ()) \
    X(json_t *, json_vpack_ex, (json_error_t *error, size_t flags, const char *format, va_list arguments), \
      (error, flags, format, arguments))
/* clang-format on */

static struct {
    FUNCTIONS(LIBRARY_POINTER)
} loaded;

FUNCTIONS(LIBRARY_FORWARD)

json_t *json_pack(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    json_t *value = json_vpack_ex(NULL, 0, format, arguments);
    va_end(arguments);
    return value;
}

bool json_library_load(void)
{
    static const struct library_function functions[] = {FUNCTIONS(LIBRARY_ROW)};
    return loaded.json_null || library_load(LIBRARY_jansson, functions, sizeof functions / sizeof functions[0]);
}
