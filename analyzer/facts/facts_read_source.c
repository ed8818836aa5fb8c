#include "facts/facts_fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Records of what the source says: where addresses go, what is passed, what is tested, what its comments claim. */

static const char *linkage_word(unsigned i)
{
	return linkage_name((enum linkage)i);
}

static const char *flow_word(unsigned i)
{
	return flow_kind_name((enum flow_kind)i);
}

static const char *guard_word(unsigned i)
{
	return guard_kind_name((enum guard_kind)i);
}

static int read_position(struct fields_reader *r, uint32_t *out)
{
	const char *text = fields_subject(r);
	int64_t n;

	if (!text)
		return fields_fail(r, "the record needs a number", NULL);
	if (fields_parse(r, r->fields[0].value, text, 0, &n))
		return -1;
	*out = (uint32_t)n;
	return 0;
}

int fields_read_arg(struct fields_reader *r)
{
	struct fact_arg *a = vec_push(&r->f->args);
	static const struct {
		const char *key;
		enum arg_kind kind;
	} texts[] = {{"function", ARG_FUNCTION}, {"slot", ARG_SLOT}, {"object", ARG_OBJECT}};
	bool is_param = fields_has(r, "param");
	int64_t number;

	if (!r->f->calls.n)
		return fields_fail(r, "arg needs a call before it", NULL);
	a->call = (uint32_t)(r->f->calls.n - 1);
	if (read_position(r, &a->position) || fields_number(r, "param", 0, 0, &number))
		return -1;
	a->number = (uint32_t)number;
	a->kind = is_param ? ARG_PARAM : ARG_VALUE;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) && !a->text; i++) {
		a->text = fields_take(r, texts[i].key);
		if (a->text)
			a->kind = texts[i].kind;
	}
	if (a->kind == ARG_VALUE && !fields_has(r, "value"))
		return fields_fail(r,
				   "arg needs function=, param=, slot=, object= or value=", NULL);
	if (is_param && a->text)
		return fields_fail(r, "arg must be one thing", NULL);
	return fields_number(r, "value", 0, INT64_MIN, &a->value);
}

int fields_read_value(struct fields_reader *r)
{
	struct fact_value *v = vec_push(&r->f->values);

	if (fields_owner(r, &v->func))
		return -1;
	v->returned =
		r->n_fields > 1 && !r->fields[1].key && !strcmp(r->fields[1].value, "returned");
	if (v->returned)
		fields_subject(r);
	else if (read_position(r, &v->number))
		return -1;
	v->name = fields_take(r, "name");
	v->type = fields_take(r, "type");
	if (!v->type)
		return fields_fail(r, "value needs type=", NULL);
	return fields_number(r, "bytes", BYTES_UNKNOWN, 0, &v->bytes);
}

int fields_read_bind(struct fields_reader *r)
{
	struct fact_bind *b = vec_push(&r->f->binds);

	b->symbol = fields_subject(r);
	b->slot = fields_take(r, "slot");
	b->object = fields_take(r, "object");
	b->within = fields_take(r, "within");
	if (!b->symbol)
		return fields_fail(r, "bind needs a symbol", NULL);
	return fields_loc(r, &b->loc);
}

int fields_read_flow(struct fields_reader *r)
{
	struct fact_flow *w = vec_push(&r->f->flows);
	int kind = fields_word(fields_subject(r), flow_word, FLOW_OPEN + 1);

	w->from = fields_take(r, "from");
	w->to = fields_take(r, "to");
	w->within = fields_take(r, "within");
	if (kind < 0 || !w->to || !w->from != (kind == FLOW_OPEN))
		return fields_fail(r, "flow must be copy or address from= to=, or open to=", NULL);
	w->kind = (enum flow_kind)kind;
	return fields_loc(r, &w->loc);
}

/* "LINE:COLUMN-LINE:COLUMN", several with blanks between them. */
static int read_ranges(struct fields_reader *r, const char *key, const struct fact_range **out,
		       uint32_t *n)
{
	const char *text = fields_take(r, key);
	VEC(struct fact_range) ranges = {0};
	int used;

	while (text && *text) {
		struct fact_range *x = vec_push(&ranges);

		if (sscanf(text, "%" SCNu32 ":%" SCNu32 "-%" SCNu32 ":%" SCNu32 "%n", &x->line,
			   &x->column, &x->last_line, &x->last_column, &used) != 4 ||
		    (text[used] && text[used] != ' ')) {
			vec_release(&ranges);
			return fields_fail(r, "a range must be LINE:COLUMN-LINE:COLUMN", text);
		}
		text += used + (text[used] == ' ');
	}
	*n = (uint32_t)ranges.n;
	*out = ranges.n ? arena_memdup(&r->f->arena, ranges.v, ranges.n * sizeof(*ranges.v)) : NULL;
	vec_release(&ranges);
	return 0;
}

int fields_read_guard(struct fields_reader *r)
{
	struct fact_guard *g = vec_push(&r->f->guards);
	int kind = fields_word(fields_subject(r), guard_word, GUARD_KIND_COUNT);
	int64_t param;

	g->within = fields_take(r, "within");
	g->measure = fields_take(r, "measure");
	g->local = fields_take(r, "local");
	g->threshold_is_param = fields_has(r, "threshold-param");
	if (kind < 0 || !g->within || !g->measure)
		return fields_fail(
			r,
			"guard must be stack, depth, counter or handler, with within= and measure=",
			NULL);
	g->kind = (enum guard_kind)kind;
	if (fields_number(r, "param", 0, 0, &param) ||
	    fields_number(r, g->threshold_is_param ? "threshold-param" : "threshold", BYTES_UNKNOWN,
			  INT64_MIN, &g->threshold) ||
	    fields_flag(r, "up", &g->counts_up) || fields_flag(r, "once", &g->once) ||
	    fields_flag(r, "returned", &g->returned) ||
	    read_ranges(r, "pass", &g->pass, &g->n_pass) ||
	    read_ranges(r, "fail", &g->fail, &g->n_fail))
		return -1;
	g->param = (uint32_t)param;
	return fields_loc(r, &g->loc);
}

int fields_read_annotation(struct fields_reader *r)
{
	struct fact_annotation *a = vec_push(&r->f->annotations);

	a->text = fields_subject(r);
	a->within = fields_take(r, "within");
	if (!a->text)
		return fields_fail(r, "annotation needs a text", NULL);
	return fields_loc(r, &a->loc);
}

int fields_read_alias(struct fields_reader *r)
{
	struct fact_alias *a = vec_push(&r->f->aliases);
	int linkage = fields_word(fields_take(r, "linkage"), linkage_word, LINKAGE_INLINE + 1);

	a->symbol = fields_subject(r);
	a->target = fields_take(r, "target");
	if (!a->symbol || !a->target || linkage < 0)
		return fields_fail(r, "alias needs a symbol, target= and linkage=", NULL);
	a->linkage = (enum linkage)linkage;
	return 0;
}
