/* The parts of a combined answer as reports. Input: the parts and what they say. */
#include "reports/combine.h"

#include <string.h>

/* What a part says, in the order of all. */
static const char *const *said_by(struct combined *c, const struct combine_sentence *v, size_t n,
				  size_t part, size_t *count)
{
	const char **texts = arena_array(&c->arena, n + 1, const char *);

	*count = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].parts.n; k++)
			if (v[i].parts.v[k] == part)
				texts[(*count)++] = v[i].text;
	return texts;
}

static const struct gate_verdict *verdict_of(struct combined *c, size_t part)
{
	struct gate_verdict *v = arena_alloc(&c->arena, sizeof(*v));

	v->word = c->parts.v[part].verdict;
	v->reasons = said_by(c, c->reasons.v, c->reasons.n, part, &v->n_reasons);
	v->notices = said_by(c, c->notices.v, c->notices.n, part, &v->n_notices);
	return v;
}

/* One unit was asked for, the report, and it gave nothing. */
static void without_document(struct combined *c, const struct combine_part *p, struct report *r)
{
	static const struct program program;
	static const struct depths depths;
	static const struct platform platform = {.name = "unknown", .stack_bytes = BYTES_UNKNOWN};
	struct failed_unit *failed = arena_alloc(&c->arena, sizeof(*failed));

	*failed = (struct failed_unit){
		.unit = p->file,
		.verdict = "failed",
		.reason = r->verdict->n_reasons ? r->verdict->reasons[0] : "it cannot be read",
	};
	r->tool_version = STACKCHECK_VERSION;
	r->llvm_version = "unknown";
	r->build = p->name;
	r->program = &program;
	r->depths = &depths;
	r->platform = &platform;
	r->budget_bytes = r->frame_limit = BYTES_UNKNOWN;
	r->failed = failed;
	r->n_failed = r->units_failed = r->units_total = 1;
}

/* Formats tell builds by name and target. */
static void make_unique(struct combined *c, struct map *seen, struct report *r)
{
	const char *name = r->build, *key;
	unsigned n = 1;
	bool made;

	for (;;) {
		key = arena_printf(&c->arena, "%s\n%s", r->target ? r->target : "",
				   r->build ? r->build : "");
		map_put_str(seen, key, &made);
		if (made)
			return;
		r->build = arena_printf(&c->arena, "%s~%u", name ? name : "default", ++n);
	}
}

const struct report *const *combine_reports(struct combined *c)
{
	const struct report **all = arena_array(&c->arena, c->parts.n + 1, const struct report *);
	struct map seen = {0};

	for (size_t i = 0; i < c->parts.n; i++) {
		const struct combine_part *p = &c->parts.v[i];
		struct report *r = arena_alloc(&c->arena, sizeof(*r));

		if (p->document)
			*r = p->document->report;
		r->verdict = verdict_of(c, i);
		if (!p->document)
			without_document(c, p, r);
		make_unique(c, &seen, r);
		all[i] = r;
	}
	map_release(&seen);
	return all;
}
