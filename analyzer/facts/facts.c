#include "facts/facts.h"

/* Names, sums, memory. facts_sort.c has the canonical order. */

const char *frame_kind_name(enum frame_kind k)
{
	static const char *const names[] = {"fixed", "bounded", "dynamic", "estimated",
					    "unmeasured"};

	return names[k];
}

const char *frame_origin_name(enum frame_origin o)
{
	static const char *const names[] = {"recompiled", "shipped"};

	return names[o];
}

const char *linkage_name(enum linkage l)
{
	static const char *const names[] = {"external", "static", "weak", "inline"};

	return names[l];
}

const char *call_kind_name(enum call_kind k)
{
	static const char *const names[] = {"direct", "tail", "indirect", "indirect-tail"};

	return names[k];
}

const char *check_source_name(enum check_source s)
{
	static const char *const names[] = {"su", "ci", "unwind"};

	return names[s];
}

const char *part_kind_name(enum part_kind k)
{
	static const char *const names[] = {"variable",	   "spill",   "protector", "dynamic",
					    "return",	   "saved",   "arguments", "pushed",
					    "realignment", "padding", "unknown"};

	return names[k];
}

const char *func_mark_name(enum func_mark m)
{
	static const char *const names[MARK_COUNT] = {"exported", "paged",   "noreturn",
						      "try",	  "finally", "stack-switch"};

	return names[m];
}

const char *flow_kind_name(enum flow_kind k)
{
	static const char *const names[] = {"copy", "address", "open"};

	return names[k];
}

const char *guard_kind_name(enum guard_kind k)
{
	static const char *const names[] = {"stack", "depth", "counter", "handler"};

	return names[k];
}

int64_t facts_parts_sum(const struct fact_part *parts, size_t n, bool *whole)
{
	int64_t sum = 0;

	*whole = false;
	for (size_t i = 0; i < n; i++) {
		*whole |= parts[i].kind >= PART_RETURN;
		sum += parts[i].counted;
	}
	return sum;
}

const char *facts_copy(struct facts *f, const char *s)
{
	return s ? arena_strdup(&f->arena, s) : NULL;
}

struct fact_loc facts_copy_loc(struct facts *f, struct fact_loc loc)
{
	loc.file = facts_copy(f, loc.file);
	return loc;
}

void facts_release(struct facts *f)
{
	vec_release(&f->problems);
	vec_release(&f->inputs);
	vec_release(&f->funcs);
	vec_release(&f->parts);
	vec_release(&f->calls);
	vec_release(&f->args);
	vec_release(&f->values);
	vec_release(&f->binds);
	vec_release(&f->flows);
	vec_release(&f->guards);
	vec_release(&f->annotations);
	vec_release(&f->aliases);
	vec_release(&f->mismatches);
	arena_release(&f->arena);
}
