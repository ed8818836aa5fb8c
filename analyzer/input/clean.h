/* A build's command -> arguments for our clang, rebuilt from the allow-list. For use inside input/. */
#ifndef STACKCHECK_INPUT_CLEAN_H
#define STACKCHECK_INPUT_CLEAN_H

#include "base/buf.h"
#include "input/args.h"
#include "input/entry.h"
#include "input/notes.h"
#include "input/path_map.h"

enum language { LANGUAGE_BY_NAME, LANGUAGE_C, LANGUAGE_OTHER };

/* What one command says. The texts are words. */
struct command {
	VEC(const char *) argv; /* clean; no program, source, output or target */
	const char *output; /* as spelled, or NULL */
	const char *target; /* as spelled, or NULL */
	const char *module; /* KBUILD_MODNAME, or NULL */
	const char *program; /* the compiler, behind any launcher; NULL for an empty command */
	int bits; /* of the last -m16, -m32, -mx32 (33) or -m64; 0: none */
	bool msvc; /* cl.exe's command language */
	bool only; /* preprocesses or lists dependencies: makes no code */
	bool includes; /* has an -include */
	enum language language;
};

struct dropped {
	const char *flag, *why;
	size_t units, last; /* `last`: number of the command that was counted last */
};

/* Shared by all commands of a reading. */
struct cleaner {
	struct words *words;
	struct notes *notes;
	struct path_map *paths; /* or NULL */
	const char *directory; /* of the command at hand */
	struct arg_table table;
	struct arena arena; /* of the table */
	struct buf text; /* for building one argument */
	VEC(struct dropped) dropped;
	struct map by_flag; /* index into `dropped`; keys are words */
	size_t number; /* of the command at hand */
	bool linux_like, windows_like;
};

void cleaner_init(struct cleaner *c, struct words *words, struct notes *notes);
void cleaner_release(struct cleaner *c);

/* Cleans the `n` arguments (program first, response files expanded) of a command that compiles `file`. `out`
   is emptied first and may be reused. */
void clean_command(struct cleaner *c, const char *file, const uint32_t *ids, size_t n,
		   struct command *out);
void command_release(struct command *out);

/* For turn.c and msvc.c. */

/* Counts `flag` as left out of the command at hand. */
void clean_drop(struct cleaner *c, const char *flag, const char *why);

/* Appends one argument. */
void clean_push(struct cleaner *c, struct command *out, const char *arg);
void clean_printf(struct cleaner *c, struct command *out, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Looks at an include path for what kind of system is built. */
void clean_see_path(struct cleaner *c, const char *path);

/* The rest of a command. */
struct stream {
	const uint32_t *ids;
	size_t n, i;
};

/* Handles an argument whose row says so. `text` is the whole argument, `value` what it takes (never NULL, empty for
   a flag). */
void turn_arg(struct cleaner *c, struct command *out, struct stream *in, const struct arg_row *row,
	      const char *text, const char *value);

/* Translates the arguments of cl.exe or clang-cl (program not included) into `gnu`, as words. `x86_32`: the
   command builds for 32-bit x86. */
typedef VEC(uint32_t) uint32_vec;
void msvc_translate(struct cleaner *c, const char *program, const char *file, const uint32_t *ids,
		    size_t n, bool x86_32, uint32_vec *gnu);

#endif
