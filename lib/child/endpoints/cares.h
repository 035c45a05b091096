/* SPDX-License-Identifier: GPL-3.0-or-later */
/* c-ares, which is loaded when a name server may be asked, before the child is caged. */
#ifndef CARES_H
#define CARES_H

/* c-ares 1.34 calls functions deprecated that c-ares 1.18 has no others for. */
#define CARES_NO_DEPRECATED
#include <ares.h>
#include <stdbool.h>

/* Its functions; their types differ between versions. */
struct cares {
    __typeof__(ares_destroy) *destroy;
    __typeof__(ares_free_data) *free_data;
    __typeof__(ares_freeaddrinfo) *freeaddrinfo;
    __typeof__(ares_getaddrinfo) *getaddrinfo;
    __typeof__(ares_init_options) *init_options;
    __typeof__(ares_library_cleanup) *cleanup;
    __typeof__(ares_library_init) *init;
    __typeof__(ares_parse_srv_reply) *parse_srv_reply;
    __typeof__(ares_process_fd) *process_fd;
    __typeof__(ares_query) *query;
    __typeof__(ares_set_servers_ports_csv) *set_servers_ports_csv;
    __typeof__(ares_set_socket_functions) *set_socket_functions;
    __typeof__(ares_strerror) *strerror;
    __typeof__(ares_timeout) *timeout;
};
extern struct cares cares;

/* To be called before any of them. May read files, the first time. False: it is not to be had. */
bool cares_load(void);

#endif
