/* What a kernel gives its code: data from rules/platforms/NAME.json. For use by rules/, reports/ and cmd_*.c. */
#ifndef STACKCHECK_RULES_PLATFORM_H
#define STACKCHECK_RULES_PLATFORM_H

#include "base/error.h"
#include "program/model.h"

/* A stack that is not the calling thread's. */
struct platform_stack {
	int64_t bytes; /* its size; 0: not given, then it is judged as a thread's */
	unsigned percent; /* share of it that one driver's worst path may take */
	const char *why;
};

/* What Driver Verifier adds to a call of one function. */
struct platform_verifier {
	const char *symbol;
	int64_t bytes; /* at least */
	const char *why;
};

struct platform {
	struct arena arena;
	const char *name; /* "linux-x86_64" */
	const char *summary; /* one line */
	int64_t stack_bytes; /* size of a thread's kernel stack */
	const char *stack_why;
	unsigned budget_percent; /* share of the stack that one driver's worst path may take */
	const char *budget_why;
	struct platform_stack stacks[STACK_COUNT]; /* by enum entry_stack; never STACK_THREAD */
	int64_t frame_limit; /* bytes of one frame */
	const char *frame_why;
	int64_t large_local; /* bytes of one local variable that are worth a finding */
	const char *large_local_why;
	/* Interrupts that run on the interrupted thread's stack: what is known of them, to be shown beside the depths; 0: they have
	   stacks of their own, or nothing is known. The budget leaves room for them. */
	int64_t interrupt_bytes;
	const char *interrupt_why; /* NULL with 0 */
	const char *unknown_why; /* for model.unknown_external; NULL: it is 0 */
	VEC(struct platform_verifier) verifier; /* empty: the platform has no such thing */
	struct model model; /* entry points and outside functions; not indexed */
};

/* Loads `name` from the folder of platform files, or a path when it holds a '/' or ends in ".json". The error names
   file, field and what is wrong, and lists the known names for an unknown one. */
int platform_load(struct platform *p, const char *folder, const char *name, struct error *err);
void platform_release(struct platform *p);

/* Names in the folder, sorted; in the arena. */
int platform_list(const char *folder, struct arena *a, const char ***names, size_t *n,
		  struct error *err);

/* The platform for a target triple; `linux_like` / `windows_like`: what the sources look like (module name
   from Kbuild, kernel include paths; DDK headers). "generic" when nothing fits. */
const char *platform_choose(const char *triple, bool linux_like, bool windows_like);

#endif
