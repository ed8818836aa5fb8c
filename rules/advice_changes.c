#include "rules/advice_changes.h"

#include "base/buf.h"
#include "rules/words.h"

#include <string.h>

enum {
	SMALLEST_SAVING = 128, /* bytes: an allocation for less is not worth its error path */
	MAX_NAMED = 4,
};

static uint32_t count_paths(struct what_if *w, const struct over_paths *over, struct change c)
{
	uint32_t n = 0;

	for (size_t i = 0; i < over->v.n; i++)
		n += what_if_saves(w, &over->v.v[i].path, c) > 0;
	return n;
}

/* Those on most paths first, then those that save most; equal ones in the order of their choice. */
static void sort(struct finding_change *v, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		struct finding_change x = v[i];
		uint32_t k = i;

		for (; k &&
		       (v[k - 1].n_paths < x.n_paths ||
			(v[k - 1].n_paths == x.n_paths && v[k - 1].change.bytes < x.change.bytes));
		     k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
}

void advice_find_changes(struct what_if *w, const struct over_paths *over, size_t index,
			 struct findings *out, struct finding *x)
{
	uint32_t func = over->v.v[index].entry.func;
	struct arena *a = &out->arena;
	struct change *found;
	size_t n;

	what_if_fewest(w, func, x->limit, SMALLEST_SAVING, a, &found, &n, &x->bytes_after);
	x->n_changes = (uint32_t)n;
	x->changes = arena_array(a, n, struct finding_change);
	for (size_t i = 0; i < n; i++)
		x->changes[i] = (struct finding_change){.change = found[i],
							.n_paths = count_paths(w, over, found[i])};
	sort(x->changes, x->n_changes);
}

/* "(char[512], helper.c:12; 512 bytes, on 3 paths)" */
static void put_details(struct buf *b, struct arena *a, const struct fact_part *part,
			const struct finding_change *c)
{
	buf_puts(b, " (");
	if (part->type && c->change.kind == CHANGE_MOVE)
		buf_printf(b, "%s, ", part->type);
	if (part->loc.file && part->loc.line)
		buf_printf(b, "%s:%u; ", part->loc.file, part->loc.line);
	buf_puts(b, words_bytes(a, c->change.bytes));
	if (c->n_paths > 1)
		buf_printf(b, ", on %s above the budget", words_count(a, c->n_paths, "path"));
	buf_putc(b, ')');
}

static void put_change(struct buf *b, struct arena *a, const struct program *p,
		       const struct finding_change *c)
{
	const struct fact_part *part = change_part(p, c->change);
	const char *in =
		part->declared_in ? part->declared_in : p->funcs[c->change.func].fact->name;

	if (c->change.kind == CHANGE_MOVE)
		buf_printf(b, "%s of %s", part->name, in);
	else
		buf_puts(b, in);
	put_details(b, a, part, c);
}

/* Changes of one kind, the first ones by name: "a of f (...), b of g (...) and 2 more". */
static void put_kind(struct buf *b, struct arena *a, const struct program *p,
		     const struct finding *x, enum change_kind kind)
{
	uint32_t n = 0, shown = 0;

	for (uint32_t i = 0; i < x->n_changes; i++)
		n += x->changes[i].change.kind == kind;
	for (uint32_t i = 0; i < x->n_changes && shown < MAX_NAMED; i++) {
		if (x->changes[i].change.kind != kind)
			continue;
		if (shown)
			buf_puts(b, shown + 1 == n ? " and " : ", ");
		put_change(b, a, p, &x->changes[i]);
		shown++;
	}
	if (shown < n)
		buf_printf(b, " and %u more", n - shown);
}

static bool has_kind(const struct finding *x, enum change_kind kind)
{
	for (uint32_t i = 0; i < x->n_changes; i++)
		if (x->changes[i].change.kind == kind)
			return true;
	return false;
}

static void put_end(struct buf *b, struct arena *a, const struct rule_input *in,
		    const struct finding *x)
{
	const char *floor =
		uncovered_depths(in)->v[x->func].bound == BOUND_EXACT ? "" : "at least ";
	bool enough = x->bytes_after <= x->limit;

	buf_printf(b, ": %s less, the worst path is then %s%s",
		   words_bytes(a, x->bytes - x->bytes_after), floor,
		   words_bytes(a, x->bytes_after));
	if (!enough)
		buf_printf(b, ", still %s above the budget",
			   words_bytes(a, x->bytes_after - x->limit));
	buf_putc(b, '.');
}

const char *advice_changes(const struct rule_input *in, struct arena *a, const struct finding *x,
			   const char *otherwise)
{
	const struct advice to = {"to pool", "to allocated memory", "to allocated memory"};
	bool move = has_kind(x, CHANGE_MOVE), outline = has_kind(x, CHANGE_OUTLINE);
	struct buf b = {0};
	const char *text;

	if (!move && !outline)
		return otherwise;
	if (x->bytes_after > x->limit)
		buf_puts(&b, "No change of variables alone is enough: run the deep part on another "
			     "stack, a "
			     "work item's, or split the path. What helps: ");
	if (move) {
		buf_puts(&b, x->bytes_after > x->limit ? "move " : "Move ");
		put_kind(&b, a, in->program, x, CHANGE_MOVE);
		buf_printf(&b, " %s", words_advice(in->platform, &to));
	}
	if (outline) {
		buf_puts(&b, move ? ", and keep " : x->bytes_after > x->limit ? "keep " : "Keep ");
		put_kind(&b, a, in->program, x, CHANGE_OUTLINE);
		buf_puts(&b, " out of line");
	}
	put_end(&b, a, in, x);
	text = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return text;
}
