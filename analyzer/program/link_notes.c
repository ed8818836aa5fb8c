#include "program/link.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * Annotations while linking. One speaks of a function by name, by symbol or as "file.c:name"; it holds for the function's calls
 * wherever they were inlined to. What matches nothing stays unused, and is told.
 */

static const char *last_part(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

void link_notes_init(struct linker *l)
{
	const struct model *m = l->model;
	struct link_notes *x = &l->notes;

	l->p->annotation_used = arena_array(&l->p->arena, m->annotations.n, bool);
	x->next = mem_calloc(m->annotations.n, sizeof(*x->next));
	/* From the last to the first, so that the chains run upwards. */
	for (size_t i = m->annotations.n; i-- > 0;) {
		const struct annotation *a = &m->annotations.v[i];
		uint64_t *head = map_put_str(&x->by_function, last_part(a->function), NULL);

		x->next[i] = (uint32_t)*head - 1;
		*head = i + 1;
		x->any_target |= a->kind == ANNOTATE_TARGET || a->kind == ANNOTATE_ONLY;
		x->any_forbidden |= a->kind == ANNOTATE_NOT || a->kind == ANNOTATE_NEVER;
	}
}

void link_notes_release(struct link_notes *n)
{
	map_release(&n->by_function);
	free(n->next);
}

/* Does "a/b.c:f" ask for a function of this file? */
static bool file_fits(const char *file, const char *name)
{
	const char *colon = strrchr(name, ':');

	return !colon || (file && program_path_ends(file, name, (size_t)(colon - name)));
}

struct search {
	const struct linker *l;
	link_notes_found_fn *found;
	void *ctx;
};

static void search_name(const struct search *s, const char *name, const char *file)
{
	const uint64_t *head = map_find_str(&s->l->notes.by_function, name);

	if (!head)
		return;
	for (uint32_t i = (uint32_t)*head - 1; i != NO_ID; i = s->l->notes.next[i])
		if (file_fits(file, s->l->model->annotations.v[i].function))
			s->found(s->ctx, i);
}

/* "G:120:9<F:45:3": G and F. Where they were declared is not said, so only the unit's path is left to compare. */
static void search_chain(const struct search *s, const char *chain, const char *unit)
{
	struct arena scratch = {0};

	while (*chain) {
		size_t n = strcspn(chain, ":<");

		search_name(s, arena_strndup(&scratch, chain, n), unit);
		chain += strcspn(chain, "<");
		chain += *chain == '<';
	}
	arena_release(&scratch);
}

void link_notes_each(const struct linker *l, uint32_t func, const struct fact_call *c,
		     link_notes_found_fn *found, void *ctx)
{
	const struct program_func *f = &l->p->funcs[func];
	const char *unit = l->p->units[f->unit]->unit;
	struct search s = {l, found, ctx};

	if (!l->model->annotations.n)
		return;
	search_name(&s, f->fact->name, unit);
	if (strcmp(f->fact->symbol, f->fact->name) != 0)
		search_name(&s, f->fact->symbol, unit);
	if (!c)
		return;
	if (c->within && strcmp(c->within, f->fact->name) != 0)
		search_name(&s, c->within, c->loc.file ? c->loc.file : unit);
	if (c->chain)
		search_chain(&s, c->chain, unit);
}

bool link_notes_name_fits(struct linker *l, uint32_t target, const char *name)
{
	const struct fact_func *f;

	if (target == NO_ID)
		return false;
	if (target & EXTERNAL_BIT)
		return !strcmp(l->externals.v[target & ~EXTERNAL_BIT], name) ||
		       !strcmp(link_source_name(l, l->externals.v[target & ~EXTERNAL_BIT]), name);
	f = l->p->funcs[target].fact;
	if (strcmp(f->name, last_part(name)) != 0 && strcmp(f->symbol, last_part(name)) != 0)
		return false;
	return file_fits(l->p->units[l->p->funcs[target].unit]->unit, name);
}

void link_notes_targets(struct linker *l, uint32_t unit, const char *name, struct ids *out)
{
	uint32_t func = strchr(name, ':') ? NO_ID : symbols_find(&l->symbols, unit, name);
	uint32_t *found;
	size_t n = 0;

	if (func != NO_ID) {
		*vec_push(&out->v) = func;
		return;
	}
	found = program_find(l->p, &l->scratch, name, &n);
	for (size_t i = 0; i < n; i++)
		*vec_push(&out->v) = found[i];
	if (!n)
		*vec_push(&out->v) = EXTERNAL_BIT | link_external(l, last_part(name));
}

static bool slot_fits(const char *pattern, const char *list)
{
	struct arena scratch = {0};
	bool fits = !pattern;
	char *rest, *one;

	if (!fits && list) {
		rest = arena_strdup(&scratch, list);
		while (!fits && (one = strsep(&rest, "|")))
			fits = pattern_fits(pattern, one);
	}
	arena_release(&scratch);
	return fits;
}

bool link_notes_slot_fits(const struct annotation *a, const struct fact_call *c)
{
	return !c->callee && slot_fits(a->slot, c->slot);
}

struct forbidding {
	struct linker *l;
	struct program_edge *e;
};

static void forbid(void *ctx, uint32_t annotation)
{
	struct forbidding *x = ctx;
	const struct annotation *a = &x->l->model->annotations.v[annotation];
	const struct program_edge *e = x->e;
	uint32_t target = e->external == NO_ID ? e->to : EXTERNAL_BIT | e->external;

	if (a->kind != ANNOTATE_NEVER &&
	    !(a->kind == ANNOTATE_NOT && link_notes_slot_fits(a, e->call)))
		return;
	if (!link_notes_name_fits(x->l, target, a->other))
		return;
	x->e->cut = true;
	x->l->p->annotation_used[annotation] = true;
}

void link_notes_forbid(struct linker *l, uint32_t edge)
{
	struct program_edge *e = &l->edges.v[edge];

	if (l->notes.any_forbidden)
		link_notes_each(l, e->from, e->call, forbid, &(struct forbidding){l, e});
}

static void bound_frame(struct linker *l, struct program_func *f, const struct annotation *a,
			uint32_t annotation)
{
	if (f->fact->frame_kind != FRAME_DYNAMIC || f->fact->frame_bytes == BYTES_UNKNOWN)
		return;
	l->p->annotation_used[annotation] = true;
	if (a->number < f->fact->frame_bytes)
		*vec_push(&l->symbols.warnings) = arena_printf(
			&l->p->arena,
			"%s:%u: the frame of %s has %lld bytes without its dynamic part, more than "
			"the %lld given: the bound is not used",
			a->loc.file ? a->loc.file : "annotation", a->loc.line, f->fact->name,
			(long long)f->fact->frame_bytes, (long long)a->number);
	else
		f->frame_limit_bytes = a->number;
}

struct describing {
	struct linker *l;
	uint32_t func;
};

static void describe(void *ctx, uint32_t annotation)
{
	struct describing *x = ctx;
	const struct annotation *a = &x->l->model->annotations.v[annotation];
	struct program_func *f = &x->l->p->funcs[x->func];

	if (a->kind == ANNOTATE_FRAME) {
		bound_frame(x->l, f, a, annotation);
	} else if (a->kind == ANNOTATE_NORETURN) {
		f->noreturn = true;
		x->l->p->annotation_used[annotation] = true;
	} else if (a->kind == ANNOTATE_ENTRY) {
		entries_annotated(x->l, x->func, a->other);
		x->l->p->annotation_used[annotation] = true;
	} else if (a->kind == ANNOTATE_RECURSION) {
		f->has_turns = true;
		f->turns = a->number;
		f->turns_annotation = annotation;
	}
}

void link_notes_functions(struct linker *l)
{
	for (uint32_t i = 0; i < l->p->n_funcs; i++)
		link_notes_each(l, i, NULL, describe, &(struct describing){l, i});
}
