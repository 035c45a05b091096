/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config_library.h"

#include <libconfig.h>

#include "library.h"

/* clang-format off */
#define FUNCTIONS(X) \
    X(void, config_init, (config_t *config), (config)) \
    X(void, config_destroy, (config_t *config), (config)) \
    X(int, config_read_string, (config_t *config, const char *text), (config, text)) \
    X(int, config_setting_get_bool, (const config_setting_t *setting), (setting)) \
    X(int, config_setting_get_int, (const config_setting_t *setting), (setting)) \
    X(long long, config_setting_get_int64, (const config_setting_t *setting), (setting)) \
    X(double, config_setting_get_float, (const config_setting_t *setting), (setting)) \
    X(const char *, config_setting_get_string, (const config_setting_t *setting), (setting)) \
    X(config_setting_t *, config_setting_get_elem, (const config_setting_t *setting, unsigned index), (setting, index)) \
    X(int, config_setting_index, (const config_setting_t *setting), (setting)) \
    X(int, config_setting_length, (const config_setting_t *setting), (setting))
/* clang-format on */

static struct {
    FUNCTIONS(LIBRARY_POINTER)
} loaded;

FUNCTIONS(LIBRARY_FORWARD)

bool config_library_load(void)
{
    static const struct library_function functions[] = {FUNCTIONS(LIBRARY_ROW)};
    return loaded.config_init || library_load(LIBRARY_config, functions, sizeof functions / sizeof functions[0]);
}
