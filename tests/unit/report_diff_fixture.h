/*
 * A difference made by hand between a base run and the full run of report_fixture.h: a path and a frame that grew, an
 * entry point that crossed its budget, one that is gone, a finding that was fixed. Numbers are worked out by hand.
 */
#ifndef STACKCHECK_TESTS_REPORT_DIFF_FIXTURE_H
#define STACKCHECK_TESTS_REPORT_DIFF_FIXTURE_H

#include "report_fixture.h"
#include "rules/growth.h"

struct diff_fixture {
	struct fixture full;
	struct snapshot before, after;
	struct diff diff;
	struct gate_verdict verdict;
	struct findings grown;
};

static inline void diff_before(struct diff_fixture *f)
{
	static struct snapshot_function functions[] = {
		{.label = "fix_open", .depth_bytes = 400, .bound = "exact"},
		{.label = "evil" HOSTILE, .depth_bytes = 4000, .bound = "at-least"},
		{.label = "fix_gone", .depth_bytes = 96, .bound = "exact"},
	};
	struct snapshot_finding *g = vec_push(&f->before.findings);

	f->before.run = (struct snapshot_run){.commit = "fedcba9876543210fedcba9876543210fedcba98",
					      .branch = "main"};
	f->before.functions = functions;
	f->before.n_functions = 3;
	*g = (struct snapshot_finding){.fingerprint = "00000000000000000000000000000009",
				       .rule = "frame-limit",
				       .severity = "error",
				       .file = "drivers/net/old|name.c",
				       .line = 12,
				       .message = "the frame takes 3,000 bytes, above the limit"};
}

/* The depths of the full run: what the reports compare with. */
static inline void diff_after(struct diff_fixture *f)
{
	uint32_t n = f->full.program.n_funcs;

	f->after.functions = arena_array(&f->after.arena, n, struct snapshot_function);
	f->after.n_functions = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct depth *d = &f->full.solved.v[i];

		f->after.functions[i] = (struct snapshot_function){
			.label = program_func_label(&f->full.program, &f->after.arena, i),
			.depth_bytes = d->bytes,
			.bound = bound_name(d->bound),
			.reasons = d->reasons};
	}
	f->after.run = (struct snapshot_run){.commit = f->full.report.commit,
					     .branch = f->full.report.branch,
					     .build = f->full.report.build,
					     .target = f->full.report.target,
					     .dirty = f->full.report.dirty,
					     .whole = true};
	*vec_push(&f->after.findings) =
		(struct snapshot_finding){.fingerprint = "00000000000000000000000000000008",
					  .rule = "frame-limit",
					  .severity = "error",
					  .func = PARSE,
					  .message = "new"};
}

static inline void diff_entries(struct diff_fixture *f)
{
	static struct diff_detail details[] = {
		{.kind = DETAIL_NEW,
		 .name = "buf" HOSTILE,
		 .type = "char[256]",
		 .file = "drivers/net/fix.c",
		 .line = 31,
		 .delta = 256},
		{.kind = DETAIL_INLINED, .name = "fix_small", .delta = 128}};
	static struct diff_reason reasons[] = {{.cause = CAUSE_FRAME,
						.after = PARSE,
						.label = "fix_parse",
						.delta = 384,
						.frame_before = 256,
						.frame_after = 640,
						.file = "drivers/net/fix.c",
						.line = 30,
						.details = details,
						.n_details = 2}};
	static const struct diff_entry entries[] = {{.state = DIFF_CHANGED,
						     .before = 0,
						     .after = OPEN,
						     .label = "fix_open",
						     .bytes_before = 400,
						     .bytes_after = 784,
						     .delta = 384,
						     .budget = 4096,
						     .bound_changed = true,
						     .reasons = reasons,
						     .n_reasons = 1},
						    {.state = DIFF_CHANGED,
						     .before = 1,
						     .after = EVIL,
						     .label = "evil" HOSTILE,
						     .bytes_before = 4000,
						     .bytes_after = 4176,
						     .delta = 176,
						     .budget = 4096,
						     .crosses = true},
						    {.state = DIFF_GONE,
						     .before = 2,
						     .after = NO_ID,
						     .label = "fix_gone",
						     .bytes_before = 96,
						     .bytes_after = BYTES_UNKNOWN,
						     .delta = -96,
						     .budget = 4096}};
	static const struct diff_function function = {.state = DIFF_CHANGED,
						      .after = PARSE,
						      .label = "fix_parse",
						      .bytes_before = 256,
						      .bytes_after = 640,
						      .delta = 384,
						      .copies = 1,
						      .details = details,
						      .n_details = 2};

	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		*vec_push(&f->diff.entries) = entries[i];
	*vec_push(&f->diff.functions) = function;
	*vec_push(&f->diff.findings) = (struct diff_finding){.state = DIFF_NEW, .before = NO_ID};
	*vec_push(&f->diff.findings) = (struct diff_finding){.state = DIFF_GONE, .after = NO_ID};
}

/* As a gate adds them, behind those of the rules. */
static inline void diff_growth(struct diff_fixture *f)
{
	struct report *r = &f->full.report;
	struct rule_input in = {.program = &f->full.program, .depths = &f->full.solved};
	struct growth_limits limits = {.path = 256, .frame = BYTES_UNKNOWN};

	growth_find(&in, &f->diff, &limits, &f->grown);
	for (size_t i = 0; i < f->grown.v.n; i++)
		*vec_push(&f->full.findings) = f->grown.v.v[i];
	r->findings = f->full.findings.v;
	r->n_findings = f->full.findings.n;
}

static inline void fixture_diff(struct diff_fixture *f)
{
	static const char *reasons[] = {"2 entry points need more stack: " HOSTILE};
	static const char *notices[] = {"the base run was computed"};
	static const char *differences[] = {"LLVM 19.1.6 and 19.1.7"};
	struct report *r = &f->full.report;

	*f = (struct diff_fixture){0};
	fixture_full(&f->full);
	diff_before(f);
	diff_after(f);
	diff_entries(f);
	f->diff.before = &f->before;
	f->diff.after = &f->after;
	f->diff.totals = (struct diff_totals){.deepest_before = 4000,
					      .deepest_after = 4176,
					      .frame_bytes_before = 4800,
					      .frame_bytes_after = 5424,
					      .entries_deeper = 2,
					      .entries_gone = 1,
					      .entries_same = 4,
					      .findings_new = 1,
					      .findings_fixed = 1,
					      .findings_existing = 5,
					      .suppressed_new = 1};
	f->diff.differences = differences;
	f->diff.n_differences = 1;
	f->verdict = (struct gate_verdict){"failed", reasons, 1, notices, 1};
	for (size_t i = 0; i < f->full.findings.n; i++)
		if (f->full.findings.v[i].state == STATE_UNKNOWN)
			f->full.findings.v[i].state = STATE_EXISTING;
	diff_growth(f);
	r->diff = &f->diff;
	r->diff_limits = (struct diff_limits){.bytes = 64};
	r->base_label = "merge-base of main";
	r->verdict = &f->verdict;
}

static inline void diff_fixture_release(struct diff_fixture *f)
{
	vec_release(&f->diff.entries);
	vec_release(&f->diff.functions);
	vec_release(&f->diff.findings);
	vec_release(&f->before.findings);
	vec_release(&f->after.findings);
	arena_release(&f->after.arena);
	findings_release(&f->grown);
	fixture_release(&f->full);
}

#endif
