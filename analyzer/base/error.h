/*
 * Errors that the caller handles, and our own bugs. For use by everyone.
 *
 * A function that can fail takes `struct error *err` last and gives 0 or -1 (or NULL). `err` is
 * untouched on success and holds one complete sentence on failure: what, where (file, line, field)
 * and what to do. Either print it or pass it up, never both. Only main.c prints.
 */
#ifndef STACKCHECK_BASE_ERROR_H
#define STACKCHECK_BASE_ERROR_H

enum error_kind {
	ERROR_INPUT, /* the user's arguments or files: exit status 3 */
	ERROR_SYSTEM, /* the machine: exit status 4 */
};

/* Zero-initialise. */
struct error {
	enum error_kind kind;
	char text[1024];
};

/* Sets an input error; gives -1, so that `return error_set(err, ...)` reads well. */
int error_set(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same for an error of the system; ": <strerror>" is added when `errnum` is not 0. */
int error_system(struct error *err, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "<prefix>: " before the text that is there. Gives -1. */
int error_prefix(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Our own mistake: says where, then aborts. In a worker that is a failed unit, not a failed run. */
#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void bug_at(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
