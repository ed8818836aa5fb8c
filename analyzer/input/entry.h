/* Compile commands as the build wrote them, before clean-up. Made by compdb.c, kbuild.c and fixed.c; read by
   clean.c. For use inside input/. */
#ifndef STACKCHECK_INPUT_ENTRY_H
#define STACKCHECK_INPUT_ENTRY_H

#include "base/buf.h"
#include "input/words.h"

#include <stdbool.h>

struct entry {
	const char *directory; /* absolute; what relative paths in the command mean */
	const char *file; /* absolute, clean; a word, so that equal files are one pointer */
	const char *output; /* as spelled beside the command, or NULL */
	const uint32_t *args; /* word numbers; the program first */
	size_t n_args;
	bool windows; /* the command was quoted by Windows' rules; so are its response files */
};

/* Zero-initialise, then set `words.arena`. `arena` owns the argument arrays and goes after the clean-up. */
struct entries {
	struct arena arena;
	struct words words;
	VEC(struct entry) v;
	size_t skipped; /* commands that the reader knows to be no kernel or driver code */
};

struct split;

/* The word of argument `i` of a new entry, whose words before that are in `ids`. */
uint32_t entry_word(struct entries *all, const uint32_t *ids, size_t i, const char *s, size_t len);

/* Stores the arguments of a split command in the entry. */
void entry_set_args(struct entries *all, struct entry *e, const struct split *args);

/* Splits `command` by the rules that its first word asks for and stores the arguments: of several shell
   commands the one that names `file` (absolute) or, with NULL, the first that compiles a .c file. Gives
   false when there is none. */
bool entry_set_command(struct entries *all, struct entry *e, const char *command, const char *file,
		       struct split *scratch);

/* Do two paths end in the same file name, blind to `\` and `/`? */
bool entry_same_name(const char *a, const char *b);

/* Appends a path of a command made on Windows: `a\b` as `a/b`, and `C:\x` as the absolute path (of another machine)
   `/C:/x`. Other paths stay. */
void entry_posix_path(const char *path, struct buf *out);

void entries_release(struct entries *all);

#endif
