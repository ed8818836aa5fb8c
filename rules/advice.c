/*
 * Input: a variable in a frame, and where the function runs. Output: what to put it into. Paged pool is for code that is
 * pageable and not needed to write pages out; non-paged pool for the rest, and where nothing is known; at device interrupt
 * level nothing can be allocated. On Linux the same question is asked of the GFP flags.
 */
#include "rules/advice.h"

#include "base/text.h"
#include "rules/shared_room.h"
#include "rules/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
	LONG_TEXT = 128, /* characters: where the common length is far less */
	LONG_NAME = 255,
	WHOLE_PATH = 4096, /* PATH_MAX of Linux */
};

struct place {
	const struct rule_input *in;
	struct arena *a;
	uint32_t func, contexts;
	const struct fact_part *part;
};

/* "char[4096]" -> 4096, with the type before the bracket; 0: no array of one dimension. */
static unsigned long elements(const char *type, size_t *base)
{
	const char *open = type ? strchr(type, '[') : NULL;
	unsigned long n;
	char *end;

	if (!open || !isdigit((unsigned char)open[1]))
		return 0;
	n = strtoul(open + 1, &end, 10);
	*base = (size_t)(open - type);
	while (*base && type[*base - 1] == ' ')
		--*base;
	return !strcmp(end, "]") ? n : 0;
}

static bool is_one_of(const char *text, size_t len, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == len && !memcmp(text, *words, len))
			return true;
	return false;
}

/* A buffer for a path or a name, which is mostly far shorter than it may be. */
static bool is_text_buffer(const char *type)
{
	static const char *const wide[] = {"WCHAR",    "wchar_t", "unsigned short",
					   "char16_t", "TCHAR",	  NULL};
	static const char *const narrow[] = {"char", "CHAR", "unsigned char", "u8", "UCHAR", NULL};
	size_t base = 0;
	unsigned long n = elements(type, &base);

	/* The lengths of names and paths: NAME_MAX, MAX_PATH, PATH_MAX, all with or without the final 0. */
	return (n >= LONG_TEXT && is_one_of(type, base, wide)) ||
	       (is_one_of(type ? type : "", base, narrow) &&
		(n == LONG_NAME || n == LONG_NAME + 1 || n == 260 || n == 261 || n == 4096));
}

/* Are the elements of the array, or the members of the structure, never written? */
static bool is_constant(const struct fact_part *part)
{
	const char *type = part->type ? part->type : "";
	size_t len = strcspn(type, "[");

	if (memchr(type, '*', len))
		return len >= 5 && !memcmp(type + len - 5, "const", 5);
	return str_starts(type, "const ");
}

static bool calls(const struct program *p, const char *symbol)
{
	for (uint32_t i = 0; i < p->n_externals; i++)
		if (!strcmp(p->externals[i].symbol, symbol) ||
		    (str_starts(p->externals[i].symbol, "__imp_") &&
		     !strcmp(p->externals[i].symbol + strlen("__imp_"), symbol)))
			return true;
	return false;
}

static bool is_pageable(const struct place *x)
{
	const struct fact_func *f = x->in->program->funcs[x->func].fact;

	return f->marks & 1u << MARK_PAGED || (f->section && str_starts(f->section, "PAGE"));
}

static const char *windows_pool(const struct place *x)
{
	bool paged = is_pageable(x), paging = x->contexts & CONTEXT_PAGING;
	bool modern = calls(x->in->program, "ExAllocatePool2") ||
		      !calls(x->in->program, "ExAllocatePoolWithTag");
	const char *why = "";

	if (paged && paging)
		why = " (the code is pageable, but may run to write pages out)";
	else if (!paged && x->contexts & CONTEXT_RAISED)
		why = " (it may run at DISPATCH_LEVEL)";
	else if (!paged)
		why = " (or paged pool if it runs below DISPATCH_LEVEL only, which nothing here "
		      "says)";
	if (paged && !paging)
		return modern ? "paged pool with ExAllocatePool2(POOL_FLAG_PAGED)"
			      : "paged pool with ExAllocatePoolWithTag(PagedPool)";
	return arena_printf(x->a, "non-paged pool with %s%s",
			    modern ? "ExAllocatePool2(POOL_FLAG_NON_PAGED)"
				   : "ExAllocatePoolWithTag(NonPagedPoolNx)",
			    why);
}

static bool is_device(const struct place *x)
{
	return (x->contexts & (CONTEXT_DEVICE | CONTEXT_NO_DEVICE)) == CONTEXT_DEVICE;
}

static const char *for_windows(const struct place *x)
{
	static const char always[] = "check the result, return STATUS_INSUFFICIENT_RESOURCES "
				     "when there is none, and free it on every exit";
	bool pageable = is_pageable(x) && !(x->contexts & CONTEXT_PAGING);

	if (is_device(x))
		return "Nothing can be allocated at device interrupt level: make it a member of "
		       "the device extension, allocated when the device starts, with a check of "
		       "the result (STATUS_INSUFFICIENT_RESOURCES).";
	if (is_text_buffer(x->part->type))
		return arena_printf(x->a,
				    "Keep a buffer of the common length and take longer ones from "
				    "%s; %s.",
				    windows_pool(x), always);
	if (x->contexts & CONTEXT_OFTEN)
		return arena_printf(x->a,
				    "Its size is fixed and requests may need it often: take it "
				    "from a lookaside list in %spaged pool "
				    "(ExAllocateFromLookasideListEx); %s.",
				    pageable ? "" : "non-", always);
	return arena_printf(x->a, "Take it from %s; %s.", windows_pool(x), always);
}

static const char *linux_flags(uint32_t contexts)
{
	if (contexts & CONTEXT_RAISED)
		return "GFP_ATOMIC";
	if (contexts & CONTEXT_PAGING)
		return "GFP_NOIO";
	if (contexts & CONTEXT_FILES)
		return "GFP_NOFS";
	return "GFP_KERNEL";
}

/* What to do when there is no memory. The type of a function that was inlined everywhere is not known. */
static const char *linux_check(const struct place *x)
{
	const struct fact_func *f = x->in->program->funcs[x->func].fact;
	bool own = !x->part->declared_in || !strcmp(x->part->declared_in, f->name);

	if (own && f->signature && str_starts(f->signature, "void ("))
		return "check for NULL, do without it then (the function returns nothing)";
	return "check for NULL, return -ENOMEM";
}

static const char *for_linux(const struct place *x)
{
	const char *always = linux_check(x), *flags = linux_flags(x->contexts);
	size_t base = 0;
	uint32_t probe = x->contexts & (CONTEXT_PROBE | CONTEXT_NO_PROBE);
	const char *locked = strcmp(flags, "GFP_ATOMIC") ? " (GFP_ATOMIC under a spinlock)" : "";

	if (is_device(x))
		return arena_printf(x->a,
				    "Make it a member of the device's structure, allocated in "
				    "probe; or kmalloc(%s) it, %s and kfree() it on every exit.",
				    flags, always);
	if (probe == CONTEXT_PROBE)
		return arena_printf(x->a,
				    "Allocate it with kmalloc(GFP_KERNEL) and kfree() it on every "
				    "exit, or with devm_kzalloc() if the device keeps it; %s.",
				    always);
	if (is_text_buffer(x->part->type))
		return arena_printf(x->a,
				    "Keep a buffer of the common length and kmalloc(%s) longer "
				    "ones%s; %s and free it on every exit.%s",
				    flags, locked, always,
				    *locked && elements(x->part->type, &base) >= WHOLE_PATH
					    ? " __getname() has buffers for whole paths."
					    : "");
	if (x->contexts & CONTEXT_OFTEN)
		return arena_printf(x->a,
				    "Its size is fixed and requests may need it often: a "
				    "kmem_cache or mempool with %s%s, or a member of the request; "
				    "%s and free it on every exit.",
				    flags, locked, always);
	return arena_printf(x->a,
			    "Allocate it with kmalloc(%s)%s or make it a member of an object that "
			    "lives longer; %s and kfree() it on every exit.",
			    flags, locked, always);
}

/* "" when the frame's own function declares it. */
static const char *or_outline(const struct place *x, const char *word)
{
	const struct program_func *f = &x->in->program->funcs[x->func];

	if (!x->part->declared_in || !strcmp(x->part->declared_in, f->fact->name))
		return "";
	return arena_printf(x->a,
			    " Or mark %s %s: then the bytes are taken only while it runs, and not "
			    "by %s all the time.",
			    x->part->declared_in, word,
			    program_func_label(x->in->program, x->a, x->func));
}

static const char *where_to(const struct place *x)
{
	const char *platform = x->in->platform->name;

	if (!x->part->name)
		return "It is a temporary: a structure that is passed, returned or copied by "
		       "value; use a pointer to it.";
	if (is_constant(x->part))
		return "It is constant: make it static const, then it is not on the stack at all.";
	if (str_starts(platform, "windows"))
		return arena_printf(x->a, "%s%s", for_windows(x),
				    or_outline(x, "DECLSPEC_NOINLINE"));
	if (str_starts(platform, "linux"))
		return arena_printf(x->a, "%s%s", for_linux(x),
				    or_outline(x, "noinline_for_stack"));
	return arena_printf(x->a,
			    "Allocate it, check the result and free it on every exit, or make it a "
			    "member of an object that lives longer.%s",
			    or_outline(x, "noinline"));
}

const char *advice_variable(const struct rule_input *in, struct arena *a, uint32_t func,
			    const struct fact_part *part, uint32_t contexts)
{
	struct place x = {in, a, func, contexts, part};

	return arena_printf(a, "%s%s", where_to(&x), shared_room_words(in->program, a, func, part));
}
