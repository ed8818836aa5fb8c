/*
 * OpenMetrics text, for dashboards. Input: the whole report. Output: gauges with HELP, TYPE and UNIT and a final
 * "# EOF"; node_exporter's textfile collector and promtool read it as well. Few series on purpose: entry points, the
 * deepest MAX_ENTRIES of them, modules, rules and units by status; never functions, files or commits. Bytes that are
 * not known have no sample and are counted instead.
 */
#include "base/map.h"
#include "base/vec.h"
#include "reports/bounds.h"
#include "reports/escape.h"
#include "reports/ids.h"
#include "reports/totals.h"
#include "reports/writer.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_ENTRIES = 500 };

/* One metric with the samples of all runs: they must stand together. */
struct family {
	const char *name;
	struct buf text;
};

struct metrics {
	const struct report *r;
	struct buf *out; /* of the family that is being written */
	VEC(struct family) families;
	struct arena arena;
	struct totals totals;
	const char **entries; /* unique label of each entry that is written */
	size_t n_entries;
};

/* Samples go to this metric from now on. */
static void family(struct metrics *m, const char *name, const char *unit, const char *help)
{
	struct family *f = NULL;

	for (size_t i = 0; i < m->families.n && !f; i++)
		if (!strcmp(m->families.v[i].name, name))
			f = &m->families.v[i];
	if (f) {
		m->out = &f->text;
		return;
	}
	f = vec_push(&m->families);
	*f = (struct family){.name = name};
	m->out = &f->text;
	buf_printf(m->out, "# HELP stackcheck_%s %s\n# TYPE stackcheck_%s gauge\n", name, help,
		   name);
	if (unit)
		buf_printf(m->out, "# UNIT stackcheck_%s %s\n", name, unit);
}

static void label(struct metrics *m, const char *name, const char *value)
{
	buf_printf(m->out, "%s%s=\"", m->out->data[m->out->len - 1] == '{' ? "" : ",", name);
	escape_label(m->out, value);
	buf_putc(m->out, '"');
}

/* The sample's name and an open list of labels; those that every sample has come last. */
static void start(struct metrics *m, const char *name)
{
	buf_printf(m->out, "stackcheck_%s{", name);
}

static void finish(struct metrics *m, int64_t value)
{
	label(m, "target", m->r->target);
	label(m, "build", m->r->build);
	buf_printf(m->out, "} %" PRId64 "\n", value);
}

static void plain(struct metrics *m, const char *name, int64_t value)
{
	start(m, name);
	finish(m, value);
}

/* What is not known has no sample. */
static void known(struct metrics *m, const char *name, int64_t bytes)
{
	if (bytes != BYTES_UNKNOWN)
		plain(m, name, bytes);
}

static void start_entry(struct metrics *m, const char *name, size_t i)
{
	const struct program *p = m->r->program;

	start(m, name);
	label(m, "module", program_module(p, p->funcs[m->r->entries[i].func].unit));
	label(m, "entry", m->entries[i]);
}

/* Two entry points that look alike must not give one series twice. */
static void name_entries(struct metrics *m)
{
	struct map seen = {0};

	m->n_entries = m->r->n_entries < MAX_ENTRIES ? m->r->n_entries : MAX_ENTRIES;
	m->entries = arena_array(&m->arena, m->n_entries + 1, const char *);
	for (size_t i = 0; i < m->n_entries; i++)
		m->entries[i] = name_unique(
			&seen, &m->arena,
			program_func_label(m->r->program, &m->arena, m->r->entries[i].func));
	map_release(&seen);
}

static void add_run(struct metrics *m)
{
	const struct report *r = m->r;

	family(m, "run_info", NULL, "What the other samples were made with; always 1.");
	start(m, "run_info");
	label(m, "version", r->tool_version);
	label(m, "llvm", r->llvm_version);
	label(m, "platform", r->platform->name);
	finish(m, 1);
	family(m, "units", NULL, "Translation units by what became of them.");
	start(m, "units");
	label(m, "status", "measured");
	finish(m, (int64_t)r->units_measured);
	start(m, "units");
	label(m, "status", "estimated");
	finish(m, (int64_t)r->units_estimated);
	start(m, "units");
	label(m, "status", "failed");
	finish(m, (int64_t)r->units_failed);
	family(m, "budget_bytes", "bytes", "The most that a worst path may take.");
	known(m, "budget_bytes", r->budget_bytes);
	family(m, "stack_bytes", "bytes", "The stack that the platform gives a thread.");
	known(m, "stack_bytes", r->platform->stack_bytes);
}

static void add_depths(struct metrics *m)
{
	family(m, "entry_depth_bytes", "bytes",
	       "The worst path from an entry point; stackcheck_entry_bound says whether it is a "
	       "floor.");
	for (size_t i = 0; i < m->n_entries; i++) {
		int64_t bytes = m->r->depths->v[m->r->entries[i].func].bytes;

		if (bytes == BYTES_UNKNOWN)
			continue;
		start_entry(m, "entry_depth_bytes", i);
		finish(m, bytes);
	}
	family(m, "entry_headroom_bytes", "bytes",
	       "What the budget leaves above an entry point's worst path; negative when it is "
	       "over.");
	for (size_t i = 0; i < m->n_entries; i++) {
		if (!m->r->entries[i].has_headroom)
			continue;
		start_entry(m, "entry_headroom_bytes", i);
		finish(m, m->r->entries[i].headroom);
	}
}

static void add_budgets(struct metrics *m)
{
	family(m, "entry_budget_bytes", "bytes", "What an entry point's worst path may take.");
	for (size_t i = 0; i < m->n_entries; i++) {
		start_entry(m, "entry_budget_bytes", i);
		finish(m, bound_budget(m->r, &m->r->entries[i]));
	}
}

static void add_bounds(struct metrics *m)
{
	family(m, "entry_bound", NULL,
	       "How an entry point's depth is known: exact, at-least (a floor) or unbounded; "
	       "always 1.");
	for (size_t i = 0; i < m->n_entries; i++) {
		start_entry(m, "entry_bound", i);
		label(m, "bound", bound_name(m->r->depths->v[m->r->entries[i].func].bound));
		finish(m, 1);
	}
	family(m, "entry_not_exact", NULL, "Why an entry point's depth is not exact; always 1.");
	for (size_t i = 0; i < m->n_entries; i++) {
		uint32_t reasons = m->r->depths->v[m->r->entries[i].func].reasons;

		for (unsigned k = 0; k < REASON_COUNT; k++) {
			if (!(reasons & 1u << k))
				continue;
			start_entry(m, "entry_not_exact", i);
			label(m, "reason", reason_name((enum reason)k));
			finish(m, 1);
		}
	}
}

static void add_entries(struct metrics *m)
{
	size_t unknown = 0;

	for (size_t i = 0; i < m->r->n_entries; i++)
		unknown += !m->r->entries[i].has_headroom;
	family(m, "entries", NULL, "Entry points, those without series of their own included.");
	plain(m, "entries", (int64_t)m->r->n_entries);
	family(m, "entries_over", NULL, "Entry points whose worst path is above the budget.");
	plain(m, "entries_over", (int64_t)m->totals.entries_over);
	family(m, "entries_unknown", NULL, "Entry points of unknown depth.");
	plain(m, "entries_unknown", (int64_t)unknown);
	family(m, "entries_left_out", NULL,
	       "Entry points beyond the deepest ones, which have no series of their own.");
	plain(m, "entries_left_out", (int64_t)(m->r->n_entries - m->n_entries));
	add_depths(m);
	add_budgets(m);
	add_bounds(m);
}

/* The label's value of a function's module, escaped: modules that look alike are one. */
static const char *module_label(struct metrics *m, uint32_t func)
{
	const struct program *p = m->r->program;
	struct buf b = {0};
	const char *text;

	escape_label(&b, program_module(p, p->funcs[func].unit));
	text = arena_strdup(&m->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

/* In the order in which the modules come first; one without a known frame has no sample. */
static void add_frames(struct metrics *m)
{
	const struct program *p = m->r->program;
	int64_t *most = arena_array(&m->arena, p->n_funcs + 1, int64_t);
	struct map modules = {0};
	size_t unknown = 0;

	for (uint32_t f = 0; f < p->n_funcs; f++) {
		int64_t bytes = program_frame_bytes(p, f);
		bool made;
		uint64_t *number = map_put_str(&modules, module_label(m, f), &made);

		if (made)
			*number = modules.n - 1;
		if (made || bytes > most[*number])
			most[*number] = bytes;
		unknown += bytes == BYTES_UNKNOWN;
	}
	family(m, "frame_max_bytes", "bytes", "The largest known frame of a module.");
	for (size_t i = 0; i < modules.n; i++) {
		if (most[i] == BYTES_UNKNOWN)
			continue;
		start(m, "frame_max_bytes");
		buf_printf(m->out, "module=\"%s\"", (const char *)modules.entries[i].key);
		finish(m, most[i]);
	}
	family(m, "frames_unknown", NULL, "Functions whose frame is not known.");
	plain(m, "frames_unknown", (int64_t)unknown);
	map_release(&modules);
}

static size_t count_findings(const struct report *r, const char *rule, enum severity s,
			     bool suppressed)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_findings; i++)
		n += r->findings[i].severity == s && r->findings[i].suppressed == suppressed &&
		     !strcmp(r->findings[i].rule, rule);
	return n;
}

/* A rule without findings has samples of 0, so that alerts end. */
static void add_rules(struct metrics *m, const char *name, bool suppressed)
{
	for (size_t i = 0; i < n_rules; i++) {
		for (enum severity s = SEVERITY_NOTE; s <= SEVERITY_ERROR; s++) {
			start(m, name);
			label(m, "rule", rules[i]->id);
			label(m, "severity", severity_name(s));
			finish(m, (int64_t)count_findings(m->r, rules[i]->id, s, suppressed));
		}
	}
}

static void add_findings(struct metrics *m)
{
	family(m, "findings", NULL, "Findings by rule and severity, without the suppressed ones.");
	add_rules(m, "findings", false);
	family(m, "findings_suppressed", NULL, "Suppressed findings by rule and severity.");
	add_rules(m, "findings_suppressed", true);
	family(m, "findings_by_state", NULL,
	       "Findings by state against the run before, without the suppressed ones.");
	for (int s = 0; s < STATE_COUNT; s++) {
		start(m, "findings_by_state");
		label(m, "state", finding_state_name((enum finding_state)s));
		finish(m, (int64_t)m->totals.state[s]);
	}
}

static void add_all(struct metrics *m, const struct report *r)
{
	m->r = r;
	totals_count(&m->totals, r, &m->arena);
	name_entries(m);
	add_run(m);
	add_entries(m);
	add_frames(m);
	add_findings(m);
	arena_release(&m->arena);
}

static int openmetrics_write_all(const struct report *const *r, size_t n, struct buf *out,
				 struct error *err)
{
	struct metrics m = {0};

	(void)err;
	for (size_t i = 0; i < n; i++)
		add_all(&m, r[i]);
	for (size_t i = 0; i < m.families.n; i++) {
		buf_add(out, buf_str(&m.families.v[i].text), m.families.v[i].text.len);
		buf_release(&m.families.v[i].text);
	}
	buf_puts(out, "# EOF\n");
	vec_release(&m.families);
	return 0;
}

static int openmetrics_write(const struct report *r, struct buf *out, struct error *err)
{
	return openmetrics_write_all(&r, 1, out, err);
}

const struct writer writer_openmetrics = {
	.name = "openmetrics",
	.extension = ".prom",
	.summary = "metrics for dashboards: depths by entry point, findings by rule",
	.write = openmetrics_write,
	.write_all = openmetrics_write_all,
};
