/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people type who know other plugins and programs, and what it is called here. */
#ifndef HABITS_H
#define HABITS_H

/* What to use instead of OPTION, a letter or a long name that is no option here; NULL when nobody is known to type it.
 * A sentence fragment, to be read behind "unknown option: "; a static string. */
const char *habit_answer(const char *option);

#endif
