/*
 * Snapshots built by hand: functions, frames, variables and the calls that worst paths take; depths follow from them. For use
 * by test_diff*.c and test_history_snapshot.c.
 */
#ifndef STACKCHECK_TESTS_SNAPSHOT_FIXTURE_H
#define STACKCHECK_TESTS_SNAPSHOT_FIXTURE_H

#include "snapshot/diff.h"

enum { SNAP_MAX = 64 };

static inline void snap_init(struct snapshot *s, const char *commit)
{
	const struct snapshot_run run = {
		.time = 1700000000,
		.commit = commit,
		.branch = "main",
		.tool = "0.1.0",
		.llvm = "19.1.7",
		.target = "x86_64-linux-gnu",
		.compilers = "clang 19.1.7",
		.platform = "linux-x86_64",
		.flags_digest = "d1",
		.stack_bytes = 16384,
		.budget_bytes = 1000,
		.frame_limit = 512,
		.units_total = 2,
		.units_measured = 2,
		.whole = true,
		.has_details = true,
		.has_callees = true,
	};

	*s = (struct snapshot){0};
	snapshot_copy_run(s, &run);
	s->functions = arena_array(&s->arena, SNAP_MAX, struct snapshot_function);
}

/* A function on line 10, 20, ... of its unit's file; its frame is `frame`. */
static inline uint32_t snap_func(struct snapshot *s, const char *unit, const char *name,
				 int64_t frame)
{
	uint32_t id = s->n_functions++;
	struct snapshot_function *f = &s->functions[id];

	*f = (struct snapshot_function){
		.label = snapshot_str(s, name),
		.name = snapshot_str(s, name),
		.symbol = snapshot_str(s, name),
		.unit = snapshot_str(s, unit),
		.module = snapshot_str(s, "drv"),
		.file = snapshot_str(s, unit),
		.line = 10 * s->n_functions,
		.linkage = "external",
		.frame_kind = "fixed",
		.frame_bytes = frame,
		.depth_bytes = frame,
		.bound = "exact",
		.budget_bytes = BYTES_UNKNOWN,
		.to = NO_ID,
		.outside_bytes = BYTES_UNKNOWN,
		.call_bytes = BYTES_UNKNOWN,
		.parts = arena_array(&s->arena, 8, struct snapshot_part),
		.inlined = arena_array(&s->arena, 8, const char *),
		.callees = arena_array(&s->arena, 8, const char *),
	};
	return id;
}

/* A variable; `from`: the inlined function that declares it, or NULL. */
static inline void snap_var(struct snapshot *s, uint32_t func, const char *name, const char *type,
			    int64_t bytes, const char *from)
{
	struct snapshot_function *f = &s->functions[func];

	f->parts[f->n_parts++] = (struct snapshot_part){
		.kind = "variable",
		.name = snapshot_str(s, name),
		.type = snapshot_str(s, type),
		.declared_in = snapshot_str(s, from),
		.file = f->file,
		.line = f->line + 1,
		.bytes = bytes,
		.counted = bytes,
	};
	if (from)
		f->inlined[f->n_inlined++] = snapshot_str(s, from);
	f->n_inlined = snapshot_sort_unique(f->inlined, f->n_inlined);
}

/* What is left of the frame when its variables are taken off. */
static inline void snap_rest(struct snapshot *s, uint32_t func)
{
	struct snapshot_function *f = &s->functions[func];
	int64_t rest = f->frame_bytes;

	for (size_t i = 0; i < f->n_parts; i++)
		rest -= f->parts[i].counted;
	f->parts[f->n_parts++] =
		(struct snapshot_part){.kind = "saved", .bytes = rest, .counted = rest};
}

/* A believed call that no worst path takes. */
static inline void snap_calls(struct snapshot *s, uint32_t from, uint32_t to)
{
	struct snapshot_function *f = &s->functions[from];

	f->callees[f->n_callees++] = s->functions[to].symbol;
	f->n_callees = snapshot_sort_unique(f->callees, f->n_callees);
}

/* The call that the worst path takes: with the caller's whole frame on the stack. Callees first. */
static inline void snap_way(struct snapshot *s, uint32_t from, uint32_t to)
{
	struct snapshot_function *f = &s->functions[from];

	snap_calls(s, from, to);
	f->way = WAY_CALL;
	f->to = to;
	f->call_bytes = f->frame_bytes;
	f->call_file = f->file;
	f->call_line = f->line + 5;
	f->evidence = "direct";
	f->depth_bytes = f->frame_bytes + s->functions[to].depth_bytes;
}

static inline void snap_entry(struct snapshot *s, uint32_t func)
{
	s->functions[func].context = "no caller";
	s->functions[func].budget_bytes = s->run.budget_bytes;
}

static inline void snap_finding(struct snapshot *s, uint32_t func, const char *fingerprint,
				const char *rule, const char *subject, int64_t bytes)
{
	*vec_push(&s->findings) = (struct snapshot_finding){
		.fingerprint = snapshot_str(s, fingerprint),
		.rule = rule,
		.severity = "warning",
		.func = func,
		.file = s->functions[func].file,
		.line = s->functions[func].line + 1,
		.column = 2,
		.subject = subject,
		.message = "something takes much",
		.bytes = bytes,
		.limit = 16,
	};
}

#endif
