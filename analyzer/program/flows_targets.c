#include "program/flows_internal.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* One question after the other: which functions can this call reach? */

/* Stands for functions that no slot belongs to: equal to nothing. */
static const char nobody[] = "";

static const char *level_name(const struct flows *x, const char *name, size_t len)
{
	const char *known;
	struct arena scratch = {0};

	known = flows_known_name(x, arena_strndup(&scratch, name, len));
	arena_release(&scratch);
	return known ? known : nobody;
}

static void set_levels(const struct flows *x, const struct fact_call *call)
{
	struct query *q = x->query;
	const char *own = x->symbols->program->funcs[q->func].fact->name;
	const char *at = call->chain;

	q->levels.n = 0;
	if (call->within)
		*vec_push(&q->levels) = level_name(x, call->within, strlen(call->within));
	while (call->within && at && *at) {
		*vec_push(&q->levels) = level_name(x, at, strcspn(at, ":<"));
		at += strcspn(at, "<");
		at += *at == '<';
	}
	if (!call->within || !call->chain)
		*vec_push(&q->levels) = level_name(x, own, strlen(own));
}

static void begin(const struct flows *x, uint32_t func, const struct fact_call *call)
{
	struct query *q = x->query;

	q->func = func;
	q->unit = x->symbols->program->funcs[func].unit;
	q->pieces.n = 0;
	q->flags = 0;
	q->param = NO_ID;
	set_levels(x, call);
	marks_begin(&q->seen, x->graph.n_values);
}

void flows_read_pieces(const struct flows *x, uint32_t param)
{
	struct query *q = x->query;

	sets_begin(&q->reader, &x->sets);
	for (size_t i = 0; i < q->pieces.n; i++) {
		const struct piece *p = &q->pieces.v[i];

		if (p->param != param)
			continue;
		if (p->set != NO_ID)
			sets_add(&q->reader, &x->sets, p->set);
		else if (marks_add(&q->reader.values, p->value))
			*vec_push(&q->reader.out) = p->value;
	}
}

static void add_target(const struct flows *x, struct targets *out, uint32_t value,
		       enum evidence evidence, uint32_t param)
{
	const struct program *p = x->symbols->program;
	uint32_t first_external = p->n_funcs + (uint32_t)x->slots.n;
	struct query *q = x->query;
	struct target *t;

	if (value >= p->n_funcs && value < first_external)
		return;
	if (!marks_add(&q->seen, value)) {
		t = &out->v.v[q->at[value]];
		if (t->param != param)
			t->param = NO_ID;
		if (evidence < t->evidence)
			t->evidence = evidence;
		return;
	}
	q->at[value] = (uint32_t)out->v.n;
	*vec_push(&out->v) = (struct target){
		.func = value < p->n_funcs ? value : NO_ID,
		.symbol = value < p->n_funcs ? NULL : x->externals.v[value - first_external],
		.evidence = evidence,
		.param = param,
	};
}

static void add_of_param(const struct flows *x, struct targets *out, enum evidence evidence,
			 uint32_t param)
{
	const struct query *q = x->query;

	flows_read_pieces(x, param);
	for (size_t i = 0; i < q->reader.out.n; i++)
		add_target(x, out, q->reader.out.v[i], evidence, param);
}

/* The pieces become targets. Each parameter by itself: what came in through two of them belongs to neither. */
static void add_targets(const struct flows *x, struct targets *out, enum evidence evidence)
{
	struct query *q = x->query;

	add_of_param(x, out, evidence, NO_ID);
	for (size_t i = 0; i < q->pieces.n; i++) {
		uint32_t param = q->pieces.v[i].param;
		size_t before = 0;

		while (before < i && q->pieces.v[before].param != param)
			before++;
		if (param != NO_ID && before == i)
			add_of_param(x, out, evidence, param);
	}
	q->pieces.n = 0;
}

static enum evidence evidence_of(const struct slot *s)
{
	switch ((enum slot_kind)s->kind) {
	case SLOT_FIELD: return EVIDENCE_FIELD;
	case SLOT_PARAM: return EVIDENCE_PARAMETER;
	case SLOT_RETURN: return EVIDENCE_RETURN;
	case SLOT_VAR:
	case SLOT_LOCAL: break;
	}
	return EVIDENCE_VARIABLE;
}

static void know_slot(struct targets *out, enum evidence evidence)
{
	if (!out->has_slot || evidence < out->slot_evidence)
		out->slot_evidence = evidence;
	out->has_slot = true;
}

static void add_slot(const struct flows *x, struct targets *out, uint32_t slot)
{
	enum evidence evidence = evidence_of(&x->slots.v[slot]);

	know_slot(out, evidence);
	flows_add_pieces(x, slot, false);
	add_targets(x, out, evidence);
}

/* Only members of the objects that the filter allows, and what counts for all. false: nothing is left. */
static bool add_filtered(const struct flows *x, struct targets *out, uint32_t slot)
{
	enum evidence evidence = evidence_of(&x->slots.v[slot]);

	know_slot(out, evidence);
	flows_add_pieces(x, slot, true);
	flows_add_members(x, slot);
	add_targets(x, out, evidence);
	return out->v.n > 0;
}

static void add_slots(const struct flows *x, const struct fact_call *call, struct targets *out)
{
	struct arena scratch = {0};
	char *rest = arena_strdup(&scratch, call->slot), *one;
	bool filter = flows_filter(x, call);

	while ((one = strsep(&rest, "|"))) {
		uint32_t slot = flows_find_slot(x, x->query->unit, one);

		if (slot == NO_ID)
			continue;
		if (filter && x->slots.v[slot].has_tags && add_filtered(x, out, slot))
			continue;
		/* What the filter read does not matter then. */
		if (filter)
			x->query->flags = 0;
		add_slot(x, out, slot);
	}
	arena_release(&scratch);
}

static void add_signature(const struct flows *x, struct targets *out, const char *signature,
			  bool list)
{
	uint64_t *id = map_find_str(&x->signatures, signature);
	const struct signature *s = id ? &x->signature_list.v[*id - 1] : NULL;

	if (!s)
		return;
	out->n_signature += s->n;
	for (uint32_t f = list ? s->first : NO_ID; f != NO_ID; f = x->same_signature[f])
		add_target(x, out, f, EVIDENCE_SIGNATURE, NO_ID);
}

static void add_signatures(const struct flows *x, const struct fact_call *call, struct targets *out)
{
	struct arena scratch = {0};
	char *rest = arena_strdup(&scratch, call->signature), *one;
	bool list = !out->v.n && (!out->has_slot || x->query->flags & SLOT_OPEN);

	while ((one = strsep(&rest, "|")))
		add_signature(x, out, one, list);
	arena_release(&scratch);
}

static int compare_targets(const void *pa, const void *pb)
{
	const struct target *a = pa, *b = pb;

	if (a->func != b->func)
		return a->func < b->func ? -1 : 1;
	return str_compare(a->symbol, b->symbol);
}

static void finish(const struct flows *x, struct targets *out)
{
	if (out->v.n > 1)
		qsort(out->v.v, out->v.n, sizeof(*out->v.v), compare_targets);
	out->param = x->query->param;
}

void flows_targets(const struct flows *x, uint32_t func, const struct fact_call *call,
		   struct targets *out)
{
	begin(x, func, call);
	if (call->slot)
		add_slots(x, call, out);
	out->complete = out->v.n && !x->query->flags;
	if (call->signature)
		add_signatures(x, call, out);
	finish(x, out);
}

static void add_function(const struct flows *x, struct targets *out, const char *symbol)
{
	uint32_t func = symbols_find(x->symbols, x->query->unit, symbol);

	*vec_push(&out->v) =
		(struct target){func, func == NO_ID ? symbol : NULL, EVIDENCE_PARAMETER, NO_ID};
	know_slot(out, EVIDENCE_PARAMETER);
}

static void add_param(const struct flows *x, struct targets *out, const struct fact_call *call,
		      uint32_t number)
{
	const struct query *q = x->query;
	const char *own = x->symbols->program->funcs[q->func].fact->name;
	uint32_t slot = flows_func_slot(x, q->unit, call->within ? call->within : own, number);

	know_slot(out, EVIDENCE_PARAMETER);
	if (slot != NO_ID)
		add_slot(x, out, slot);
	else if (!call->within)
		x->query->param = number;
}

void flows_argument(const struct flows *x, uint32_t func, const struct fact_call *call,
		    const struct fact_arg *arg, struct targets *out)
{
	uint32_t slot;

	begin(x, func, call);
	if (arg->kind == ARG_FUNCTION) {
		add_function(x, out, arg->text);
	} else if (arg->kind == ARG_PARAM && !arg->value) {
		add_param(x, out, call, arg->number);
	} else if (arg->kind == ARG_SLOT) {
		slot = flows_find_slot(x, x->query->unit, arg->text);
		if (slot != NO_ID)
			add_slot(x, out, slot);
	}
	out->complete = out->v.n && !x->query->flags;
	finish(x, out);
}
