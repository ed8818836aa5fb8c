#include "program/link.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * One call site after the other: calls by name, what external functions call back, and indirect calls by what flows into
 * their slots (flows.h). Calls through a parameter are put aside for link_params.c.
 */

enum { MAX_COMPLETIONS = 64 };

const char *link_source_name(struct linker *l, const char *symbol)
{
	const char *plain = model_plain_symbol(&l->scratch, symbol);

	/* "_f@8" has lost its underscore by now, "_f" has not. */
	return l->decorated && *plain == '_' && str_ends(symbol, plain) ? plain + 1 : plain;
}

uint32_t link_external(struct linker *l, const char *symbol)
{
	bool made;
	uint64_t *id = map_put_str(&l->external_ids, symbol, &made);

	if (made) {
		const struct model_external *m = model_external_find(l->model, symbol);

		*vec_push(&l->externals) = symbol;
		*vec_push(&l->external_models) =
			m ? m : model_external_find(l->model, link_source_name(l, symbol));
		*id = l->externals.n;
	}
	return (uint32_t)*id - 1;
}

uint32_t link_target(struct linker *l, const struct target *t)
{
	return t->func != NO_ID ? t->func : EXTERNAL_BIT | link_external(l, t->symbol);
}

/* A symbol that only a module has that does not export it is worth a word: one of the two is not what it seems. */
static void warn_of_hidden(struct linker *l, uint32_t unit, const char *symbol)
{
	uint32_t func = symbols_hidden(&l->symbols, unit, symbol);
	struct program *p = l->p;
	bool made;

	if (func == NO_ID)
		return;
	map_put_str(&l->hidden, symbol, &made);
	if (made)
		*vec_push(&l->symbols.warnings) = arena_printf(
			&p->arena,
			"%s of %s is not exported to other modules, so the %s that %s calls is "
			"taken for another one",
			symbol, p->units[p->funcs[func].unit]->unit, symbol, p->units[unit]->unit);
}

uint32_t link_symbol(struct linker *l, uint32_t unit, const char *symbol)
{
	uint32_t func = symbols_find(&l->symbols, unit, symbol);

	if (func != NO_ID)
		return func;
	warn_of_hidden(l, unit, symbol);
	return EXTERNAL_BIT | link_external(l, symbol);
}

uint32_t link_edge(struct linker *l, const struct program_edge *pattern, uint32_t target,
		   enum evidence evidence)
{
	struct program_edge *e = vec_push(&l->edges);

	*e = *pattern;
	e->to = e->external = NO_ID;
	if (target != NO_ID && target & EXTERNAL_BIT)
		e->external = target & ~EXTERNAL_BIT;
	else
		e->to = target;
	e->evidence = evidence;
	link_notes_forbid(l, (uint32_t)l->edges.n - 1);
	return (uint32_t)l->edges.n - 1;
}

static const struct model_entry *find_slot_entry(struct linker *l, const char *slot)
{
	bool made;
	uint64_t *index;
	const struct model_entry *e;

	if (!l->model->entries.n)
		return NULL;
	index = map_find_str(&l->slot_entries, slot);
	if (!index) {
		e = model_entry_find(l->model, slot);
		index = map_put_str(&l->slot_entries, arena_strdup(&l->scratch, slot), &made);
		*index = e ? (uint64_t)(e - l->model->entries.v) + 1 : 0;
	}
	return *index ? &l->model->entries.v[*index - 1] : NULL;
}

const struct model_entry *link_slot_entry(struct linker *l, const char *slot)
{
	struct arena scratch = {0};
	const struct model_entry *e = NULL;
	char *rest, *one;

	if (!slot)
		return NULL;
	if (!strchr(slot, '|'))
		return find_slot_entry(l, slot);
	rest = arena_strdup(&scratch, slot);
	while (!e && (one = strsep(&rest, "|")))
		e = find_slot_entry(l, one);
	arena_release(&scratch);
	return e;
}

bool link_is_boundary(struct linker *l, const char *slot)
{
	struct arena scratch = {0};
	const struct model_entry *e;
	bool boundary = slot && l->model->entries.n;
	char *rest, *one;

	if (!boundary)
		return false;
	rest = arena_strdup(&scratch, slot);
	while (boundary && (one = strsep(&rest, "|"))) {
		e = find_slot_entry(l, one);
		boundary = e && e->boundary;
	}
	arena_release(&scratch);
	return boundary;
}

const char *link_param_slot(struct linker *l, uint32_t func, uint32_t param)
{
	const struct fact_func *f = l->p->funcs[func].fact;

	if (f->linkage == LINKAGE_STATIC && f->loc.file)
		return arena_printf(&l->scratch, "param:%s#%u@%s", f->name, param, f->loc.file);
	return arena_printf(&l->scratch, "param:%s#%u", f->name, param);
}

int64_t link_call_depth(const struct linker *l, uint32_t func, const struct fact_call *c)
{
	const struct program_func *f = &l->p->funcs[func];

	if (!f->frame_limit_bytes || c->depth_bytes == BYTES_UNKNOWN || c->kind == CALL_TAIL ||
	    c->kind == CALL_INDIRECT_TAIL)
		return c->depth_bytes;
	return c->depth_bytes + f->frame_limit_bytes - f->fact->frame_bytes;
}

/* An argument that an external function calls back. */
static void add_callback(struct linker *l, const struct program_edge *call,
			 const struct model_external *x, const struct model_callback *b)
{
	const char *name = strchr(x->symbol, '*') ? call->call->callee : x->symbol;
	const char *slot = arena_printf(&l->scratch, "param:%s#%u", name, b->argument);
	struct program_edge e = *call;
	struct argument a = {0};

	e.cut |= link_is_boundary(l, slot);
	e.floor = b->depth_bytes == BYTES_UNKNOWN;
	e.sure = false;
	if (!e.floor && e.depth_bytes != BYTES_UNKNOWN)
		e.depth_bytes += b->depth_bytes;
	link_argument(l, e.from, e.call, b->argument, slot, &a);
	e.complete = a.complete;
	for (size_t i = 0; i < a.targets.n; i++)
		link_edge(l, &e, a.targets.v[i], EVIDENCE_PLATFORM);
	for (size_t i = 0; i < a.params.n; i++)
		*vec_push(&l->param_sites) = (struct param_site){
			.func = e.from,
			.param = a.params.v[i],
			.site = e.site,
			.call = e.call,
			.depth_bytes = e.depth_bytes,
			.floor = e.floor,
			.cut = e.cut,
			.evidence = EVIDENCE_PLATFORM,
		};
	if (!a.targets.n && !a.params.n && !a.complete)
		link_edge(l, &e, NO_ID, EVIDENCE_PLATFORM);
	vec_release(&a.targets);
	vec_release(&a.params);
}

/* Does one of the contexts, with ',' between them, begin so? */
static bool mentions(const char *contexts, const char *word)
{
	for (const char *at = contexts; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (str_starts(at + strspn(at, " "), word))
			return true;
	return false;
}

struct own_completions {
	VEC(uint32_t) v;
};

/* Of the driver's completion routines, those that this very function sets. */
static void find_own_completions(struct linker *l, uint32_t func, struct own_completions *out)
{
	const struct program_func *f = &l->p->funcs[func];
	const struct facts *u = l->p->units[f->unit];

	for (size_t i = 0; i < u->binds.n; i++) {
		const struct fact_bind *b = &u->binds.v[i];
		uint32_t to;

		if (!b->slot || !b->within || strcmp(b->within, f->fact->name) != 0)
			continue;
		to = symbols_find(&l->symbols, f->unit, b->symbol);
		for (size_t k = 0; k < l->completions.n; k++)
			if (l->completions.v[k] == to)
				*vec_push(&out->v) = to;
	}
}

/* Many, and which ones belong to this driver is not sure where no module is known: then those of its file, and the rest is open. */
static void add_driver_completions(struct linker *l, struct program_edge *e)
{
	uint32_t unit = l->p->funcs[e->from].unit;
	size_t n = 0;

	for (size_t i = 0; i < l->completions.n; i++)
		n += symbols_same_module(&l->symbols, unit, l->p->funcs[l->completions.v[i]].unit);
	e->complete = n <= MAX_COMPLETIONS;
	for (size_t i = 0; i < l->completions.n; i++) {
		uint32_t to = l->completions.v[i], other = l->p->funcs[to].unit;

		if (e->complete ? symbols_same_module(&l->symbols, unit, other) : unit == other)
			link_edge(l, e, to, EVIDENCE_PLATFORM);
	}
	if (!e->complete)
		link_edge(l, e, NO_ID, EVIDENCE_PLATFORM);
}

/*
 * The call may complete a request at once: a completion routine then runs below it, on the same stack. It is one that this function
 * sets; in a function that sets none, any of its driver's.
 */
static void add_completions(struct linker *l, const struct program_edge *call)
{
	struct own_completions own = {0};
	struct program_edge e = *call;
	size_t first = l->edges.n;

	e.floor = true;
	e.complete = true;
	e.sure = false;
	find_own_completions(l, e.from, &own);
	for (size_t i = 0; i < own.v.n; i++) {
		bool known = false;

		for (size_t k = first; k < l->edges.n; k++)
			known |= l->edges.v[k].to == own.v.v[i];
		if (!known)
			link_edge(l, &e, own.v.v[i], EVIDENCE_PLATFORM);
	}
	if (!own.v.n)
		add_driver_completions(l, &e);
	vec_release(&own.v);
}

static void add_direct(struct linker *l, struct program_edge *e)
{
	uint32_t target = link_symbol(l, l->p->funcs[e->from].unit, e->call->callee);
	const struct model_external *x;
	uint32_t edge;

	e->sure = true;
	edge = link_edge(l, e, target, EVIDENCE_DIRECT);
	e->cut = l->edges.v[edge].cut;
	x = target & EXTERNAL_BIT ? l->external_models.v[target & ~EXTERNAL_BIT] : NULL;
	if (!x)
		return;
	for (uint32_t i = 0; i < x->n_callbacks; i++)
		add_callback(l, e, x, &x->callbacks[i]);
	if (x->reenters && mentions(x->reenters, "completion"))
		add_completions(l, e);
}

/* What annotations say of one indirect call. */
struct site_notes {
	struct linker *l;
	const struct program_edge *e;
	struct ids targets;
	bool only;
};

static void note_target(void *ctx, uint32_t annotation)
{
	struct site_notes *x = ctx;
	const struct annotation *a = &x->l->model->annotations.v[annotation];

	if ((a->kind != ANNOTATE_TARGET && a->kind != ANNOTATE_ONLY) ||
	    !link_notes_slot_fits(a, x->e->call))
		return;
	x->only |= a->kind == ANNOTATE_ONLY;
	x->l->p->annotation_used[annotation] = true;
	link_notes_targets(x->l, x->l->p->funcs[x->e->from].unit, a->other, &x->targets);
}

static bool is_listed(const struct ids *ids, uint32_t id)
{
	for (size_t i = 0; i < ids->v.n; i++)
		if (ids->v.v[i] == id)
			return true;
	return false;
}

/* Targets by annotation; gives how many edges that made. */
static size_t add_noted(struct linker *l, struct program_edge *e, const struct site_notes *notes)
{
	size_t first = l->edges.n;

	for (size_t i = 0; i < notes->targets.v.n; i++) {
		bool known = false;

		for (size_t k = 0; k < i; k++)
			known |= notes->targets.v.v[k] == notes->targets.v.v[i];
		if (!known)
			link_edge(l, e, notes->targets.v.v[i], EVIDENCE_ANNOTATION);
	}
	return l->edges.n - first;
}

static void put_aside(struct linker *l, const struct program_edge *e, const struct targets *t,
		      bool sole)
{
	struct param_site *s = vec_push(&l->param_sites);

	*s = (struct param_site){
		.func = e->from,
		.param = t->param,
		.site = e->site,
		.call = e->call,
		.depth_bytes = e->depth_bytes,
		.sole = sole,
		.cut = e->cut,
		.evidence = EVIDENCE_PARAMETER,
		.first_target = (uint32_t)l->param_targets.n,
	};
	for (size_t i = 0; i < t->v.n; i++) {
		if (t->v.v[i].param != t->param || t->v.v[i].evidence == EVIDENCE_SIGNATURE)
			continue;
		*vec_push(&l->param_targets) = link_target(l, &t->v.v[i]);
		s->n_targets++;
	}
}

/* Edges to what flows into the slot; gives how many of them are believed. */
static size_t add_flowing(struct linker *l, struct program_edge *e, const struct targets *t,
			  const struct site_notes *notes)
{
	size_t believed = 0;

	for (size_t i = 0; i < t->v.n; i++) {
		const struct target *one = &t->v.v[i];
		uint32_t target = link_target(l, one);
		bool cut = e->cut;

		if (is_listed(&notes->targets, target))
			continue;
		if (notes->only && one->evidence == EVIDENCE_SIGNATURE)
			continue;
		if (!notes->only && t->param != NO_ID && one->param == t->param &&
		    one->evidence != EVIDENCE_SIGNATURE)
			continue;
		believed += one->evidence != EVIDENCE_SIGNATURE && !notes->only;
		e->cut |= notes->only;
		link_edge(l, e, target, one->evidence);
		e->cut = cut;
	}
	return believed;
}

/* Of a slot that nothing scanned puts anything into. */
static enum evidence slot_evidence(const char *slot)
{
	if (str_starts(slot, "field:"))
		return EVIDENCE_FIELD;
	if (str_starts(slot, "param:"))
		return EVIDENCE_PARAMETER;
	return str_starts(slot, "return:") ? EVIDENCE_RETURN : EVIDENCE_VARIABLE;
}

static void add_indirect(struct linker *l, struct program_edge *e)
{
	struct site_notes notes = {.l = l, .e = e};
	struct targets t = {.param = NO_ID};
	size_t n, first = l->edges.n;
	bool by_param;

	flows_targets(l->flows, e->from, e->call, &t);
	if (l->notes.any_target)
		link_notes_each(l, e->from, e->call, note_target, &notes);
	by_param = t.param != NO_ID && !notes.only;
	e->cut = link_is_boundary(l, e->call->slot);
	e->complete = t.complete || notes.only;
	n = add_noted(l, e, &notes);
	n += add_flowing(l, e, &t, &notes);
	e->complete = t.complete;
	if (by_param)
		put_aside(l, e, &t, !n);
	else if (!n && (e->call->slot || l->edges.n == first))
		link_edge(l, e, NO_ID,
			  t.has_slot	  ? t.slot_evidence
			  : e->call->slot ? slot_evidence(e->call->slot)
					  : EVIDENCE_NONE);
	else if (n == 1 && (t.complete || notes.only))
		for (size_t i = first; i < l->edges.n; i++)
			l->edges.v[i].sure =
				l->edges.v[i].evidence != EVIDENCE_SIGNATURE && !l->edges.v[i].cut;
	vec_release(&notes.targets.v);
	vec_release(&t.v);
}

static void add_edges_of(struct linker *l, uint32_t func, const struct facts *f, uint32_t *call)
{
	uint32_t index = (uint32_t)(l->p->funcs[func].fact - f->funcs.v);

	for (uint32_t site = 0; *call < f->calls.n && f->calls.v[*call].func == index;
	     (*call)++, site++) {
		const struct fact_call *c = &f->calls.v[*call];
		struct program_edge e = {.from = func,
					 .site = site,
					 .kind = c->kind,
					 .through = NO_ID,
					 .depth_bytes = link_call_depth(l, func, c),
					 .call = c};

		if (c->callee)
			add_direct(l, &e);
		else
			add_indirect(l, &e);
	}
}

void link_calls(struct linker *l)
{
	struct program *p = l->p;
	uint32_t func = 0;

	for (uint32_t u = 0; u < p->n_units; u++) {
		uint32_t call = 0;

		for (size_t i = 0; i < p->units[u]->funcs.n; i++)
			add_edges_of(l, func++, p->units[u], &call);
	}
}
