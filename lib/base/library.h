/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared libraries that only some runs need: they are loaded when they are needed, as each library that a program is
 * linked with is 20 to 170 us of each check. The Makefile names them (LOADED). */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/* A function of a library, and where its address goes, a pointer to a function of its type. */
struct library_function {
    const char *name;
    void *pointer;
};

/* Loads the library FILE, as the linker of programs would find it, and all COUNT FUNCTIONS. May read files. False: it
 * is not there, or does not have them all; then no pointer has changed. It stays loaded. */
bool library_load(const char *file, const struct library_function *functions, size_t count);

/* For a list of a library's functions, as LIST(X) with rows X(type, name, (parameters), (arguments)): pointers to them
 * as members of the struct "loaded"; rows for library_load(); and functions of the same names, so that what is written
 * for the library needs not know that it is loaded. None may be called before it is. */
#define LIBRARY_POINTER(type, name, parameters, arguments) __typeof__(name) *(name);
#define LIBRARY_ROW(type, name, parameters, arguments) {#name, &loaded.name},
#define LIBRARY_FORWARD(type, name, parameters, arguments)                                                             \
    type(name) parameters /* NOLINT(bugprone-macro-parentheses) */                                                     \
    {                                                                                                                  \
        return loaded.name arguments;                                                                                  \
    }

#endif
