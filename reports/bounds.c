#include "reports/bounds.h"

#include "rules/words.h"

const char *bound_bytes(const struct depth *d, struct arena *a)
{
	const char *about = "";

	if (d->bytes == BYTES_UNKNOWN)
		return "unknown";
	if (d->reasons & 1u << REASON_ESTIMATED_FRAME)
		about = "~ ";
	else if (d->bound == BOUND_AT_LEAST)
		about = ">= ";
	return arena_printf(a, "%s%s%s", d->bound == BOUND_UNBOUNDED ? "unbounded, one turn " : "",
			    about, words_bytes(a, d->bytes));
}

static const char *one_reason(const struct report *r, uint32_t func, enum reason reason,
			      struct arena *a)
{
	const struct depth *d = &r->depths->v[func];
	uint32_t witness = d->witness[reason];
	const char *text = reason_text(reason);

	if (witness == func)
		text = arena_printf(a, "%s (here)", text);
	else if (witness != NO_ID)
		text = arena_printf(a, "%s (in %s)", text,
				    program_func_label(r->program, a, witness));
	if (reason == REASON_SIGNATURE_CALL && d->possible_bytes > d->bytes)
		text = arena_printf(a, "%s: up to %s with them", text,
				    words_bytes(a, d->possible_bytes));
	return text;
}

const char *bound_why(const struct report *r, uint32_t func, struct arena *a)
{
	const char *all = NULL;

	for (unsigned i = 0; i < REASON_COUNT; i++) {
		const char *one;

		if (!(r->depths->v[func].reasons & 1u << i))
			continue;
		one = one_reason(r, func, (enum reason)i, a);
		all = all ? arena_printf(a, "%s; %s", all, one) : one;
	}
	return all;
}

const char *bound_reasons(const struct report *r, uint32_t func, struct arena *a)
{
	const char *all = NULL;

	for (unsigned i = 0; i < REASON_COUNT; i++) {
		const char *one = reason_name((enum reason)i);

		if (r->depths->v[func].reasons & 1u << i)
			all = all ? arena_printf(a, "%s, %s", all, one) : one;
	}
	return all;
}

const char *bound_frame_why(const struct fact_func *f, struct arena *a)
{
	static const char *const texts[] = {
		[FRAME_FIXED] = NULL,
		[FRAME_BOUNDED] =
			"has a part sized at run time, with a known limit that is counted",
		[FRAME_DYNAMIC] = "at least: has a part sized at run time without a limit",
		[FRAME_ESTIMATED] = "estimated from the declarations: neither exact nor a floor",
		[FRAME_UNMEASURED] = "could not be followed in the machine code",
	};
	const char *text = texts[f->frame_kind];

	if (text && f->frame_note)
		return arena_printf(a, "%s: %s", text, f->frame_note);
	return text;
}

int64_t bound_budget(const struct report *r, const struct entry *e)
{
	return e->has_headroom ? r->depths->v[e->func].bytes + e->headroom : r->budget_bytes;
}

/* Of the measured frames, those that stand in the build's own objects. */
static size_t count_origin(const struct program *p, enum frame_origin origin)
{
	size_t n = 0;

	for (uint32_t i = 0; i < p->n_funcs; i++)
		n += p->units[p->funcs[i].unit]->status == UNIT_OK &&
		     p->funcs[i].fact->frame_origin == origin;
	return n;
}

static const char *compilers(const struct report *r, struct arena *a)
{
	const char *all = r->n_compilers ? r->compilers[0] : "an unknown compiler";

	for (size_t i = 1; i < r->n_compilers; i++)
		all = arena_printf(a, "%s, %s", all, r->compilers[i]);
	return all;
}

const char *bound_origin(const struct report *r, struct arena *a)
{
	size_t ours = count_origin(r->program, ORIGIN_RECOMPILED);
	size_t shipped = count_origin(r->program, ORIGIN_SHIPPED);

	if (!ours && !shipped)
		return "no frame was measured";
	if (!ours)
		return arena_printf(a, "frames by %s, as they stand in the objects of the build",
				    compilers(r, a));
	if (!shipped)
		return arena_printf(a,
				    "frames by %s, recompiled: exact for builds by that compiler "
				    "and no other",
				    compilers(r, a));
	return arena_printf(a,
			    "frames by %s: %s as they stand in the objects of the build, the "
			    "others recompiled and exact for clang builds only",
			    compilers(r, a), words_count(a, shipped, "function"));
}
