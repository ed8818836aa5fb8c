/* Lines for the person at the shell, on standard error only. For use by cmd_*.c, input/ and jobs/. */
#ifndef STACKCHECK_BASE_LOG_H
#define STACKCHECK_BASE_LOG_H

#include <stdbool.h>

/* Set once by main.c from the options. */
extern bool log_verbose;

/* "stackcheck: note: ..." when -v was given. */
void log_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "stackcheck: warning: ..." always. */
void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
