/*
 * unknown-external: functions outside the scanned sources are called, and nothing says how deep they go.
 *
 * Why: every depth above such a call is a floor. One note a module, with the functions that are called most. Mend: scan their
 * sources too, or give their costs (a model made by `stackcheck model`, or `externals` in stackcheck.yml).
 */
#include "base/mem.h"
#include "base/text.h"
#include "rules/rule.h"
#include "rules/words.h"

#include <stdlib.h>

enum { MAX_NAMES = 5 };

static const char help[] =
	"Functions outside the scanned sources are called, and neither the platform nor\n"
	"the configuration says how much stack they take. Every depth above such a call\n"
	"is a floor, marked `>=` or `at least`.\n"
	"\n"
	"Why it matters: a floor is no proof. It is a note about what the tool does not\n"
	"know, not about the driver.\n"
	"\n"
	"How to mend it:\n"
	"  - Scan the sources of these functions as well.\n"
	"  - Measure them: `stackcheck model --from vmlinux -o kernel.json` writes the\n"
	"    worst depth of every global function of an image; `models: [kernel.json]`\n"
	"    in stackcheck.yml, or --model, uses it.\n"
	"  - Write what is known into stackcheck.yml, under `externals`.\n"
	"\n"
	"Before:\n"
	"    driver_read: >= 544 bytes      /* calls vendor_copy(), which is not scanned */\n"
	"After, with `externals: {vendor_copy: 320}` in stackcheck.yml:\n"
	"    driver_read: 864 bytes\n"
	"\n"
	"Source: the linker's view of the scanned units: called, and defined in none of them.\n";

static const char advice[] =
	"Give a model of them (--model), scan their sources too, or name their "
	"costs in stackcheck.yml.";

/* Unknown externals that one module calls. */
struct called {
	uint32_t external, n_calls;
	uint32_t func; /* the first that calls it */
};

struct module {
	const char *name; /* NULL: the units without one */
	VEC(struct called) v;
	struct map by_external; /* -> index into v + 1 */
};

struct modules {
	struct map by_name; /* -> index into v + 1 */
	VEC(struct module) v;
};

static struct module *module_of(struct modules *m, const struct program *p, uint32_t func)
{
	const char *name = program_module(p, p->funcs[func].unit);
	bool made;
	uint64_t *i = map_put_str(&m->by_name, name ? name : "", &made);

	if (made) {
		vec_push(&m->v)->name = name;
		*i = m->v.n;
	}
	return &m->v.v[*i - 1];
}

static void add_call(struct module *m, const struct program_edge *e)
{
	bool made;
	uint64_t *i = map_put(&m->by_external, &e->external, sizeof(e->external), &made);

	if (made) {
		*vec_push(&m->v) = (struct called){.external = e->external, .func = e->from};
		*i = m->v.n;
	}
	m->v.v[*i - 1].n_calls++;
}

/* Most called first, then by name: externals are sorted by it. */
static int compare_called(const void *pa, const void *pb)
{
	const struct called *a = pa, *b = pb;

	if (a->n_calls != b->n_calls)
		return a->n_calls > b->n_calls ? -1 : 1;
	return (a->external > b->external) - (a->external < b->external);
}

static const char *names(const struct rule_input *in, struct arena *a, const struct module *m)
{
	const char *text = "";

	for (size_t i = 0; i < m->v.n && i < MAX_NAMES; i++)
		text = arena_printf(a, "%s%s%s (%s)", text, i ? ", " : "",
				    in->program->externals[m->v.v[i].external].symbol,
				    words_count(a, m->v.v[i].n_calls, "call"));
	return m->v.n > MAX_NAMES ? arena_printf(a, "%s and %s more", text,
						 text_thousands(a, (long long)(m->v.n - MAX_NAMES)))
				  : text;
}

static void report(const struct rule_input *in, struct findings *out, struct module *m)
{
	struct arena *a = &out->arena;
	struct finding *x;

	qsort(m->v.v, m->v.n, sizeof(*m->v.v), compare_called);
	x = findings_add(out, "unknown-external", SEVERITY_NOTE, m->v.v[0].func);
	x->loc = in->program->funcs[m->v.v[0].func].fact->loc;
	x->subject = "module";
	x->bytes = BYTES_UNKNOWN;
	x->limit = BYTES_UNKNOWN;
	x->message = arena_printf(a,
				  "%s%s calls %s whose stack is not known: %s; depths above them "
				  "are floors",
				  m->name ? "module " : "this code", m->name ? m->name : "",
				  words_count(a, m->v.n, "outside function"), names(in, a, m));
	x->advice = advice;
}

static void check(const struct rule_input *in, struct findings *out)
{
	const struct program *p = in->program;
	struct modules modules = {0};

	for (uint32_t i = 0; i < p->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];

		if (e->external != NO_ID && e->through == NO_ID && !e->cut &&
		    e->evidence != EVIDENCE_SIGNATURE &&
		    p->externals[e->external].cost_bytes == BYTES_UNKNOWN)
			add_call(module_of(&modules, p, e->from), e);
	}
	for (size_t i = 0; i < modules.v.n; i++) {
		report(in, out, &modules.v.v[i]);
		vec_release(&modules.v.v[i].v);
		map_release(&modules.v.v[i].by_external);
	}
	vec_release(&modules.v);
	map_release(&modules.by_name);
}

const struct rule rule_unknown_external = {
	.id = "unknown-external",
	.severity = SEVERITY_NOTE,
	.summary = "functions outside the scanned sources have no known cost",
	.help = help,
	.check = check,
};
