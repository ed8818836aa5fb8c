/*
 * growth: a worst path or a frame needs more stack than in the base run.
 *
 * Why: stack is lost in small steps, none of which goes over a budget. Told where a base is known: in a gate. The difference of the
 * two runs is made by snapshot/, whether it fails is judged there; text, limits and suppressions are here. Mend: take
 * back what made it grow.
 */
#include "rules/growth.h"

#include "rules/words.h"

#include <string.h>

enum { PATH_LIMIT = 256 };

#define PATH  "path"
#define FRAME "frame"

static const char help[] =
	"In a gate: the worst path from an entry point, or a function's own frame, needs\n"
	"more stack than in the base run. It is a warning, and the gate fails, when it\n"
	"grew by more than is allowed: paths by 256 bytes (`limit` of the rule in\n"
	"stackcheck.yml, or --threshold), frames by any number unless `frames` of the rule\n"
	"or --frame-threshold limits them. Below that it is a note. What goes over its\n"
	"budget is told by path-budget instead.\n"
	"\n"
	"Why it matters: no single change fills a stack. Each one adds a buffer here and a\n"
	"call there, and stays within the budget, until the last one does not.\n"
	"\n"
	"How to mend it:\n"
	"  - A new or larger variable: allocate it, or make it smaller; large-local says\n"
	"    how.\n"
	"  - A function that is inlined now: keep it out of line (noinline_for_stack,\n"
	"    DECLSPEC_NOINLINE).\n"
	"  - A call that is new on the path: make it after returning, or from a work item.\n"
	"  - The growth is needed: suppress the finding with the reason, in the base. The\n"
	"    next gate compares with the larger number.\n"
	"\n"
	"Before, with 384 bytes more on each path through fill():\n"
	"    int fill(struct dev *d) { char names[384]; ...; return send(d, names); }\n"
	"After:\n"
	"    int fill(struct dev *d) { ...; return send(d, d->names); }\n"
	"\n"
	"Source: the difference of the two runs, which the report and `stackcheck diff`\n"
	"show in full.\n";

bool growth_is_off(const struct rule_input *in)
{
	const struct rule_setting *s = policy_rule(in->policy, rule_growth.id);

	return s && s->off;
}

struct growth_limits growth_limits(const struct rule_input *in)
{
	const struct rule_setting *s = policy_rule(in->policy, rule_growth.id);

	if (growth_is_off(in))
		return (struct growth_limits){BYTES_UNKNOWN, BYTES_UNKNOWN};
	return (struct growth_limits){.path = rule_limit(in, &rule_growth),
				      .frame = s ? s->frames : BYTES_UNKNOWN};
}

static bool is_beyond(int64_t delta, int64_t limit)
{
	return limit != BYTES_UNKNOWN && delta > limit;
}

static struct finding *start(const struct rule_input *in, struct findings *out, uint32_t func,
			     int64_t delta, int64_t limit)
{
	const struct rule_setting *s = policy_rule(in->policy, rule_growth.id);
	enum severity beyond = s && s->has_severity ? s->severity : SEVERITY_WARNING;
	struct finding *x = findings_add(out, rule_growth.id,
					 is_beyond(delta, limit) ? beyond : SEVERITY_NOTE, func);

	x->loc = in->program->funcs[func].fact->loc;
	x->state = STATE_NEW;
	x->advice = "Take back what made it grow, or suppress this with the reason.";
	return x;
}

/* ", and 256 bytes are allowed"; "" below that. */
static const char *allowed(struct arena *a, int64_t delta, int64_t limit)
{
	if (!is_beyond(delta, limit))
		return "";
	return arena_printf(a, ", and %s allowed",
			    limit == 1 ? "1 byte is"
				       : arena_printf(a, "%s are", words_bytes(a, limit)));
}

/* "path f g h": by what functions it leads, whatever they take. */
static const char *path_subject(const struct program *p, struct arena *a, uint32_t func,
				const struct path *path)
{
	const char *text = arena_printf(a, PATH " %s", p->funcs[func].fact->symbol);

	for (uint32_t i = 0; i < path->n_edges; i++) {
		const struct program_edge *e = &p->edges[path->edges[i]];

		if (e->to != NO_ID)
			text = arena_printf(a, "%s %s", text, p->funcs[e->to].fact->symbol);
	}
	return text;
}

static void report_path(const struct rule_input *in, const struct diff_entry *e, int64_t limit,
			struct findings *out)
{
	struct finding *x = start(in, out, e->after, e->delta, limit);
	struct arena *a = &out->arena;
	struct path path;

	path_worst(in->program, in->depths, e->after, a, &path);
	x->edges = path.edges;
	x->n_edges = path.n_edges;
	x->subject = path_subject(in->program, a, e->after, &path);
	x->bytes = e->bytes_after;
	x->limit = limit == BYTES_UNKNOWN ? BYTES_UNKNOWN : e->bytes_before + limit;
	x->message =
		arena_printf(a, "the worst path from %s needs %s%s, %s more than in the base run%s",
			     program_func_label(in->program, a, e->after),
			     in->depths->v[e->after].bound == BOUND_EXACT ? "" : "at least ",
			     words_bytes(a, e->bytes_after), words_bytes(a, e->delta),
			     allowed(a, e->delta, limit));
}

static void report_frame(const struct rule_input *in, const struct diff_function *f, int64_t limit,
			 struct findings *out)
{
	struct finding *x = start(in, out, f->after, f->delta, limit);
	struct arena *a = &out->arena;

	x->subject = FRAME;
	x->bytes = f->bytes_after;
	x->limit = limit == BYTES_UNKNOWN ? BYTES_UNKNOWN : f->bytes_before + limit;
	x->message = arena_printf(
		a, "the frame of %s takes %s, %s more than in the base run%s%s",
		program_func_label(in->program, a, f->after), words_bytes(a, f->bytes_after),
		words_bytes(a, f->delta), allowed(a, f->delta, limit),
		f->copies > 1 ? arena_printf(a, " (in %s)", words_count(a, f->copies, "copy"))
			      : "");
}

void growth_find(const struct rule_input *in, const struct diff *d,
		 const struct growth_limits *limits, struct findings *out)
{
	uint32_t n = in->program->n_funcs;

	if (growth_is_off(in))
		return;
	for (size_t i = 0; i < d->entries.n; i++) {
		const struct diff_entry *e = &d->entries.v[i];

		/* What crosses its budget is a new finding of path-budget. */
		if (e->after < n && e->state == DIFF_CHANGED && e->delta > 0 && !e->crosses &&
		    e->bytes_before != BYTES_UNKNOWN)
			report_path(in, e, limits->path, out);
	}
	for (size_t i = 0; i < d->functions.n; i++) {
		const struct diff_function *f = &d->functions.v[i];

		if (f->after < n && f->state == DIFF_CHANGED && f->delta > 0 &&
		    f->bytes_before != BYTES_UNKNOWN)
			report_frame(in, f, limits->frame, out);
	}
	findings_sort(out, in->program);
	findings_fingerprint(out, in->program);
	if (in->policy)
		policy_suppress(in->policy, in->program, out);
}

bool growth_is_of_path(const struct finding *f)
{
	return strcmp(f->subject, FRAME) != 0;
}

struct growth_accepted growth_accepted(const struct findings *f, const struct program *p,
				       struct arena *a)
{
	struct growth_accepted x = {arena_array(a, p->n_funcs + 1, bool),
				    arena_array(a, p->n_funcs + 1, bool)};

	for (size_t i = 0; i < f->v.n; i++) {
		const struct finding *y = &f->v.v[i];

		if (strcmp(y->rule, rule_growth.id) != 0 || !y->suppressed)
			continue;
		(growth_is_of_path(y) ? x.path : x.frame)[y->func] = true;
	}
	return x;
}

const struct rule rule_growth = {
	.id = "growth",
	.severity = SEVERITY_WARNING,
	.limit = PATH_LIMIT,
	.summary = "a worst path or a frame needs more stack than in the base run",
	.help = help,
};
