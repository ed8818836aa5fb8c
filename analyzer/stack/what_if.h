/*
 * What a path would need if the source were changed: variables taken off the stack, inlined functions kept out of line. For use
 * by rules/ and cmd_*.c.
 */
#ifndef STACKCHECK_STACK_WHAT_IF_H
#define STACKCHECK_STACK_WHAT_IF_H

#include "stack/stack.h"

enum change_kind {
	CHANGE_MOVE, /* the variable's content goes to allocated memory */
	CHANGE_OUTLINE, /* the inlined function that declares the variable gets a frame of its own */
};

/*
 * A change at the declaration of part `part`, counted from the first one, of function `func`. It holds wherever that
 * declaration was compiled to: in every frame that the variable came to by inlining, in every unit that includes it.
 */
struct change {
	enum change_kind kind;
	uint32_t func, part;
	int64_t bytes; /* that it takes off the path it was chosen on, after those chosen before it; set by what_if_fewest() */
};

/* Whether two changes are made at one place of the source is found out once for a program, which must outlive this. */
struct what_if;
struct what_if *what_if_open(const struct program *p, const struct depths *d);
void what_if_close(struct what_if *w);

const struct fact_part *change_part(const struct program *p, struct change c);

/* Is the part larger than its type can be? Then other variables share the place, and the name is only one of theirs: such a part
   is never chosen. */
bool part_is_shared(const struct fact_part *part);

/*
 * The worst depth of a function after the changes, in bytes, over the edges of depths_solve(). Without changes it is
 * depth.bytes; inside circles with limited turns the changes are counted for one turn only.
 *
 * What is freed of a frame is rounded down to the target's stack alignment, to which the rest is padded. Room that another
 * variable shares is freed only when both go, and not where it is not in use yet at a call. The pointer to the new
 * place, a register or a word, is not counted: the frame may keep up to 16 bytes for it. A function kept out of line
 * costs its callers 64 bytes where it is on the path itself.
 */
int64_t what_if_depth(struct what_if *w, uint32_t func, const struct change *changes, size_t n);

/* Bytes that one change takes off this path; less than 0 when it adds some. */
int64_t what_if_saves(struct what_if *w, const struct path *path, struct change c);

/*
 * The fewest changes found that bring the worst depth of `func` to `budget` or below: on the worst path that is left, the one
 * that saves most goes first; then what proved needless is put back. Gives false when that can't be had from
 * changes that save `smallest` bytes or more: then they are the ones that help. In the arena, in the order of their
 * choice; *depth is what they leave.
 */
bool what_if_fewest(struct what_if *w, uint32_t func, int64_t budget, int64_t smallest,
		    struct arena *a, struct change **changes, size_t *n, int64_t *depth);

#endif
