/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cares.h"

#include "library.h"

struct cares cares;

bool cares_load(void)
{
    static const struct library_function functions[] = {
        {"ares_destroy", &cares.destroy},
        {"ares_free_data", &cares.free_data},
        {"ares_freeaddrinfo", &cares.freeaddrinfo},
        {"ares_getaddrinfo", &cares.getaddrinfo},
        {"ares_init_options", &cares.init_options},
        {"ares_library_cleanup", &cares.cleanup},
        {"ares_library_init", &cares.init},
        {"ares_parse_srv_reply", &cares.parse_srv_reply},
        {"ares_process_fd", &cares.process_fd},
        {"ares_query", &cares.query},
        {"ares_set_servers_ports_csv", &cares.set_servers_ports_csv},
        {"ares_set_socket_functions", &cares.set_socket_functions},
        {"ares_strerror", &cares.strerror},
        {"ares_timeout", &cares.timeout},
    };
    return cares.query || library_load(LIBRARY_cares, functions, sizeof functions / sizeof functions[0]);
}
