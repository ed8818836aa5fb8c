/*
 * Finished runs made by hand, for the tests of the report formats. One holds every word that a report can say
 * and every name that could break one; the other is a chain of any length. Numbers are worked out by hand, so that
 * the formats are tested without the layers below.
 */
#ifndef STACKCHECK_TESTS_REPORT_FIXTURE_H
#define STACKCHECK_TESTS_REPORT_FIXTURE_H

#include "base/vec.h"
#include "reports/report.h"

#include <stdio.h>

/* Quotes, markup, escape sequences, a bell, a bidirectional override, a line end, and a byte that is not UTF-8. */
#ifndef HOSTILE
#define HOSTILE	     "<b>\"\\\x1b]0;x\a\xe2\x80\xae\n\xff"
#define HOSTILE_BYTE "\xfe"
#endif

struct fixture {
	struct arena arena;
	VEC(const struct facts *) units;
	VEC(struct program_func) funcs;
	VEC(struct program_edge) edges;
	VEC(struct depth) depths;
	VEC(struct entry) entries;
	VEC(struct finding) findings;
	struct program program;
	struct depths solved;
	struct platform platform;
	struct report report;
};

static inline struct facts *fix_unit(struct fixture *f, const char *path, const char *module,
				     enum unit_status status)
{
	struct facts *u = arena_alloc(&f->arena, sizeof(*u));

	u->unit = path;
	u->module = module;
	u->status = status;
	*vec_push(&f->units) = u;
	return u;
}

/* A function of the newest unit. Its frame and depth are `bytes`, exact, until a test says otherwise. */
static inline struct fact_func *fix_func(struct fixture *f, const char *symbol, int64_t bytes)
{
	struct fact_func *fact = arena_alloc(&f->arena, sizeof(*fact));
	struct program_func *func = vec_push(&f->funcs);
	struct depth *d = vec_push(&f->depths);

	*fact = (struct fact_func){.symbol = symbol, .name = symbol, .frame_bytes = bytes};
	fact->entry_bytes = 8;
	fact->loc = (struct fact_loc){"drivers/net/fix.c", (uint32_t)(10 * f->funcs.n), 5};
	*func = (struct program_func){.fact = fact, .unit = (uint32_t)f->units.n - 1};
	*d = (struct depth){.bytes = bytes, .possible_bytes = bytes, .via = NO_ID};
	for (unsigned i = 0; i < REASON_COUNT; i++)
		d->witness[i] = NO_ID;
	return fact;
}

/* A call; edges are added caller by caller, site by site. */
static inline struct fact_call *fix_edge(struct fixture *f, uint32_t from, uint32_t site,
					 enum call_kind kind, uint32_t to, int64_t depth_bytes,
					 enum evidence evidence)
{
	struct fact_call *call = arena_alloc(&f->arena, sizeof(*call));
	struct program_func *caller = &f->funcs.v[from];

	call->kind = kind;
	call->depth_bytes = depth_bytes;
	call->loc = f->funcs.v[from].fact->loc;
	call->loc.line += site + 1;
	if (!caller->n_edges)
		caller->first_edge = (uint32_t)f->edges.n;
	caller->n_edges++;
	*vec_push(&f->edges) = (struct program_edge){.from = from,
						     .to = to,
						     .external = NO_ID,
						     .through = NO_ID,
						     .site = site,
						     .evidence = evidence,
						     .kind = kind,
						     .depth_bytes = depth_bytes,
						     .call = call};
	return call;
}

static inline void fix_external(struct fixture *f, uint32_t from, uint32_t site,
				enum call_kind kind, uint32_t external, int64_t depth_bytes)
{
	fix_edge(f, from, site, kind, NO_ID, depth_bytes,
		 kind == CALL_INDIRECT ? EVIDENCE_FIELD : EVIDENCE_DIRECT);
	f->edges.v[f->edges.n - 1].external = external;
}

static inline void fix_reason(struct fixture *f, uint32_t func, enum reason r, uint32_t witness)
{
	f->depths.v[func].reasons |= 1u << r;
	f->depths.v[func].witness[r] = witness;
	if (f->depths.v[func].bound == BOUND_EXACT)
		f->depths.v[func].bound = BOUND_AT_LEAST;
}

/* An entry whose path takes `n` edges. */
static inline void fix_entry(struct fixture *f, uint32_t func, const char *context,
			     const uint32_t *edges, uint32_t n, uint32_t last)
{
	int64_t depth = f->depths.v[func].bytes;
	struct entry *e = vec_push(&f->entries);

	f->funcs.v[func].is_entry = true;
	f->funcs.v[func].entry_context = context;
	e->func = func;
	e->path = (struct path){.n_edges = n, .last = last, .bytes = depth};
	if (n)
		e->path.edges = arena_memdup(&f->arena, edges, n * sizeof(*edges));
	if (depth != BYTES_UNKNOWN) {
		e->has_headroom = true;
		e->headroom = f->report.budget_bytes - depth;
		e->over = e->headroom < 0;
	}
}

static inline struct finding *fix_finding(struct fixture *f, const char *rule, enum severity s,
					  uint32_t func, int64_t bytes, int64_t limit)
{
	struct finding *g = vec_push(&f->findings);

	g->rule = rule;
	g->severity = s;
	g->func = func;
	g->loc = f->funcs.v[func].fact->loc;
	g->subject = "";
	g->bytes = bytes;
	g->limit = limit;
	snprintf(g->fingerprint, sizeof(g->fingerprint), "%032zx", f->findings.n);
	return g;
}

/* A variable in the frame of the finding's function, which has none yet, and what moving it saves. */
static inline void fix_change(struct fixture *f, struct finding *g, enum change_kind kind,
			      const char *name, int64_t bytes, uint32_t n_paths)
{
	struct program_func *func = &f->funcs.v[g->func];
	struct facts *u = (struct facts *)f->units.v[func->unit];
	struct finding_change *old = g->changes;

	if (!func->n_parts)
		func->first_part = (uint32_t)u->parts.n;
	*vec_push(&u->parts) = (struct fact_part){.kind = PART_VARIABLE,
						  .bytes = bytes,
						  .counted = bytes,
						  .name = name,
						  .type = "char[" HOSTILE "]",
						  .aggregate = true,
						  .declared_in = "helper" HOSTILE,
						  .loc = func->fact->loc};
	g->changes = arena_array(&f->arena, g->n_changes + 1, struct finding_change);
	for (uint32_t i = 0; i < g->n_changes; i++)
		g->changes[i] = old[i];
	g->changes[g->n_changes++] = (struct finding_change){
		.change = {kind, g->func, func->n_parts++, bytes}, .n_paths = n_paths};
	g->bytes_after = g->bytes - bytes;
}

static inline void fix_path(struct fixture *f, struct finding *g, const uint32_t *edges, uint32_t n)
{
	g->edges = arena_memdup(&f->arena, edges, n * sizeof(*edges));
	g->n_edges = n;
}

static inline void fix_start(struct fixture *f)
{
	static const char *compilers[] = {"clang 19.1.7", "gcc 12.2.0"};

	f->platform = (struct platform){.name = "linux-x86_64",
					.summary = "Linux on x86-64",
					.stack_bytes = 16384,
					.stack_why = "THREAD_SIZE",
					.budget_percent = 50,
					.budget_why = "half is for the callers",
					.frame_limit = 2048,
					.frame_why = "FRAME_WARN",
					.large_local = 512,
					.large_local_why = "a quarter of the frame limit"};
	f->report = (struct report){.tool_version = "0.1.0",
				    .llvm_version = "19.1.7",
				    .target = "x86_64-unknown-linux-gnu",
				    .compilers = compilers,
				    .n_compilers = 2,
				    .top = 10,
				    .platform = &f->platform,
				    .budget_bytes = 4096,
				    .frame_limit = 2048};
}

/* The look-up by source name: the first function of each, the others chained behind it. */
static inline void fix_names(struct fixture *f)
{
	struct program *p = &f->program;

	p->same_name = arena_array(&f->arena, f->funcs.n, uint32_t);
	for (uint32_t i = (uint32_t)f->funcs.n; i--;) {
		uint64_t *first = map_put_str(&p->by_name, f->funcs.v[i].fact->name, NULL);

		p->same_name[i] = *first ? (uint32_t)*first - 1 : NO_ID;
		*first = i + 1;
	}
}

/* Call when all parts are there: parts move while they grow. */
static inline void fix_finish(struct fixture *f)
{
	f->program.units = f->units.v;
	f->program.n_units = (uint32_t)f->units.n;
	f->program.funcs = f->funcs.v;
	f->program.n_funcs = (uint32_t)f->funcs.n;
	f->program.edges = f->edges.v;
	f->program.n_edges = (uint32_t)f->edges.n;
	f->solved.v = f->depths.v;
	fix_names(f);
	f->report.program = &f->program;
	f->report.depths = &f->solved;
	f->report.entries = f->entries.v;
	f->report.n_entries = f->entries.n;
	f->report.findings = f->findings.v;
	f->report.n_findings = f->findings.n;
}

static inline void fixture_release(struct fixture *f)
{
	for (size_t i = 0; i < f->units.n; i++) {
		struct facts *u = (struct facts *)f->units.v[i];

		vec_release(&u->problems);
		vec_release(&u->parts);
	}
	map_release(&f->program.by_name);
	vec_release(&f->units);
	vec_release(&f->funcs);
	vec_release(&f->edges);
	vec_release(&f->depths);
	vec_release(&f->entries);
	vec_release(&f->findings);
	arena_release(&f->arena);
}

/* The functions of the full fixture. */
enum {
	OPEN,
	READ,
	PARSE,
	WALK,
	VISIT,
	VLA,
	ASM,
	OPEN2,
	MAYBE,
	EVIL,
	EVIL2,
	LEAF,
};

enum { X_KMALLOC, X_MEMCPY, X_PANIC };

static inline void full_functions(struct fixture *f)
{
	struct fact_func *g;
	struct facts *u;

	fix_unit(f, "drivers/net/fix.c", "fix", UNIT_OK);
	fix_func(f, "fix_open", 128);
	fix_func(f, "fix_read", 96)->linkage = LINKAGE_STATIC;
	g = fix_func(f, "fix_parse", 640);
	g->frame_kind = FRAME_BOUNDED;
	g->frame_note = "at 0x40: at most 512 bytes";
	fix_func(f, "fix_walk", 80)->linkage = LINKAGE_STATIC;
	fix_func(f, "fix_visit", 64)->linkage = LINKAGE_STATIC;
	g = fix_func(f, "fix_vla", 48);
	g->linkage = LINKAGE_WEAK;
	g->frame_kind = FRAME_DYNAMIC;
	g->frame_note = "at 0x80: alloca";
	g = fix_func(f, "fix_asm", BYTES_UNKNOWN);
	g->linkage = LINKAGE_INLINE;
	g->frame_kind = FRAME_UNMEASURED;
	g->frame_note = "at 0x90: mov %rax,%rsp";

	u = fix_unit(f, "drivers/net/fix.c#2", "fix", UNIT_ESTIMATED);
	*vec_push(&u->problems) = "fix.c:3: 'missing.h' file not found";
	*vec_push(&u->problems) = "fix.c:9: unknown type name '" HOSTILE "'";
	fix_func(f, "fix_open", 200)->frame_kind = FRAME_ESTIMATED;
	fix_func(f, "fix_maybe", 32)->frame_kind = FRAME_ESTIMATED;

	fix_unit(f, "lib/" HOSTILE ".c", NULL, UNIT_OK);
	g = fix_func(f, "evil" HOSTILE, 4096);
	g->frame_origin = ORIGIN_SHIPPED;
	g->loc = (struct fact_loc){"lib/" HOSTILE ".c", 7, 1};
	g = fix_func(f, "evil<b>\"\\\x1b]0;x\a\xe2\x80\xae\n" HOSTILE_BYTE, 24);
	g->frame_origin = ORIGIN_SHIPPED;
	g->loc = (struct fact_loc){NULL, 0, 0};
	fix_func(f, "leaf_tail", 16);
}

/* Edge numbers are used below: 0..6 are OPEN's, 7..14 READ's. */
static inline void full_edges(struct fixture *f)
{
	static const enum evidence others[] = {EVIDENCE_VARIABLE,   EVIDENCE_PARAMETER,
					       EVIDENCE_RETURN,	    EVIDENCE_PLATFORM,
					       EVIDENCE_ANNOTATION, EVIDENCE_MEASURED};
	struct fact_call *c;

	fix_edge(f, OPEN, 0, CALL_DIRECT, READ, 136, EVIDENCE_DIRECT)->within = "fix_" HOSTILE;
	c = fix_edge(f, OPEN, 1, CALL_INDIRECT, PARSE, 144, EVIDENCE_FIELD);
	c->slot = "field:struct fix_ops.parse";
	c->signature = "int (void *)";
	c->within = "fix_inline";
	fix_edge(f, OPEN, 1, CALL_INDIRECT, VLA, 144, EVIDENCE_FIELD)->slot = c->slot;
	fix_edge(f, OPEN, 2, CALL_INDIRECT, EVIL, 152, EVIDENCE_SIGNATURE);
	fix_edge(f, OPEN, 3, CALL_INDIRECT, NO_ID, 136, EVIDENCE_NONE);
	fix_external(f, OPEN, 4, CALL_DIRECT, X_KMALLOC, 136);
	fix_external(f, OPEN, 5, CALL_INDIRECT, X_MEMCPY, 136);
	fix_edge(f, READ, 0, CALL_TAIL, PARSE, 0, EVIDENCE_DIRECT);
	fix_external(f, READ, 1, CALL_DIRECT, X_MEMCPY, 72);
	for (uint32_t i = 0; i < 6; i++)
		fix_edge(f, READ, i + 2, CALL_INDIRECT, LEAF, 104, others[i]);
	fix_edge(f, WALK, 0, CALL_DIRECT, VISIT, 88, EVIDENCE_DIRECT); /* 15 */
	c = fix_edge(f, VISIT, 0, CALL_DIRECT, WALK, 72, EVIDENCE_DIRECT); /* 16 */
	c->loc.line = 0;
	fix_edge(f, VLA, 0, CALL_DIRECT, ASM, 56, EVIDENCE_DIRECT);
	fix_edge(f, ASM, 0, CALL_DIRECT, LEAF, BYTES_UNKNOWN, EVIDENCE_DIRECT);
	fix_edge(f, OPEN2, 0, CALL_DIRECT, MAYBE, 208, EVIDENCE_DIRECT); /* 19 */
	fix_edge(f, MAYBE, 0, CALL_INDIRECT, OPEN2, 40, EVIDENCE_SIGNATURE); /* 20 */
	fix_edge(f, EVIL, 0, CALL_INDIRECT_TAIL, WALK, 0, EVIDENCE_FIELD);
	fix_edge(f, EVIL, 1, CALL_DIRECT, EVIL2, 4104, EVIDENCE_DIRECT); /* 22 */
	fix_external(f, EVIL, 2, CALL_TAIL, X_PANIC, 0);
	fix_external(f, EVIL2, 0, CALL_DIRECT, X_MEMCPY, 32); /* 24 */
}

static inline void set_depth(struct fixture *f, uint32_t func, int64_t bytes, int64_t possible)
{
	f->depths.v[func].bytes = bytes;
	f->depths.v[func].possible_bytes = possible;
}

static inline void full_depths(struct fixture *f)
{
	set_depth(f, OPEN, 784, 4328); /* 144 + PARSE; or 152 + EVIL */
	fix_reason(f, OPEN, REASON_DYNAMIC_FRAME, VLA);
	fix_reason(f, OPEN, REASON_UNMEASURED_FRAME, ASM);
	fix_reason(f, OPEN, REASON_UNKNOWN_EXTERNAL, OPEN);
	fix_reason(f, OPEN, REASON_INDIRECT_CALL, OPEN);
	fix_reason(f, OPEN, REASON_SIGNATURE_CALL, OPEN);
	fix_reason(f, OPEN, REASON_UNRESOLVED_CALL, OPEN);
	set_depth(f, READ, 640, 640); /* tail call of PARSE */
	set_depth(f, WALK, 152, 152); /* 88 + frame of VISIT */
	set_depth(f, VISIT, 152, 152);
	fix_reason(f, WALK, REASON_RECURSION, WALK);
	fix_reason(f, VISIT, REASON_RECURSION, WALK);
	fix_reason(f, VLA, REASON_DYNAMIC_FRAME, VLA);
	fix_reason(f, VLA, REASON_UNMEASURED_FRAME, ASM);
	fix_reason(f, ASM, REASON_UNMEASURED_FRAME, ASM);
	set_depth(f, OPEN2, 240, 240); /* 208 + MAYBE */
	fix_reason(f, OPEN2, REASON_ESTIMATED_FRAME, OPEN2);
	fix_reason(f, OPEN2, REASON_POSSIBLE_RECURSION, MAYBE);
	set_depth(f, MAYBE, 32, 280);
	fix_reason(f, MAYBE, REASON_ESTIMATED_FRAME, MAYBE);
	fix_reason(f, MAYBE, REASON_POSSIBLE_RECURSION, MAYBE);
	set_depth(f, EVIL, 4176, 4176); /* 4104 + 32 + memcpy */
	fix_reason(f, EVIL, REASON_RECURSION, WALK);
	fix_reason(f, EVIL, REASON_UNKNOWN_EXTERNAL, NO_ID);
	set_depth(f, EVIL2, 72, 72); /* 32 + memcpy */
	f->depths.v[WALK].bound = BOUND_UNBOUNDED;
	f->depths.v[VISIT].bound = BOUND_UNBOUNDED;
	f->depths.v[EVIL].bound = BOUND_UNBOUNDED;
}

static inline void full_cycles(struct fixture *f)
{
	static uint32_t certain[] = {15, 16}, possible[] = {19, 20};
	static uint32_t walkers[] = {WALK, VISIT}, openers[] = {OPEN2, MAYBE};
	struct cycle *c = arena_array(&f->arena, 2, struct cycle);

	c[0] = (struct cycle){.edges = certain,
			      .n_edges = 2,
			      .funcs = walkers,
			      .n_funcs = 2,
			      .certain = true,
			      .turn_bytes = 160};
	c[1] = (struct cycle){
		.edges = possible, .n_edges = 2, .funcs = openers, .n_funcs = 2, .turn_bytes = 248};
	f->solved.cycles = c;
	f->solved.n_cycles = 2;
}

static inline void full_findings(struct fixture *f)
{
	struct finding *g = fix_finding(f, "path-budget", SEVERITY_ERROR, EVIL, 4176, 4096);

	g->message = "the path from evil" HOSTILE " takes 4,176 bytes of a budget of 4,096";
	g->advice = "Move the largest frame of the path, 4,096 bytes, off the stack.";
	fix_path(f, g, (uint32_t[]){22, 24}, 2);
	fix_change(f, g, CHANGE_MOVE, "buf" HOSTILE, 1024, 2);
	fix_change(f, g, CHANGE_OUTLINE, "text", 512, 1);
	g->state = STATE_NEW;
	g = fix_finding(f, "frame-limit", SEVERITY_ERROR, EVIL, 4096, 2048);
	g->message = "the frame takes 4,096 bytes, above the limit of 2,048";
	g->loc.file = NULL;
	g = fix_finding(f, "recursion", SEVERITY_ERROR, WALK, 160, BYTES_UNKNOWN);
	g->subject = "fix_walk fix_visit";
	g->message = "the function calls itself through fix_visit, 160 bytes a turn";
	g->advice = "Write a loop, or pass a depth and stop at a limit.";
	fix_path(f, g, (uint32_t[]){15, 16}, 2);
	g->state = STATE_EXISTING;
	g = fix_finding(f, "recursion", SEVERITY_WARNING, OPEN2, 248, BYTES_UNKNOWN);
	g->subject = "fix_maybe fix_open";
	g->message = "the function may call itself through fix_maybe, 248 bytes a turn";
	g->advice = "Write a loop, or pass a depth and stop at a limit.";
	fix_path(f, g, (uint32_t[]){19, 20}, 2);
	g = fix_finding(f, "large-local", SEVERITY_WARNING, PARSE, 512, 512);
	g->subject = "buf";
	g->message = "the array buf of type char[512] takes 80 % of the frame";
	g->suppressed = true;
	g = fix_finding(f, "dynamic-frame", SEVERITY_WARNING, VLA, 48, BYTES_UNKNOWN);
	g->message = "the frame grows at run time beyond its 48 bytes";
	g = fix_finding(f, "unmeasured", SEVERITY_NOTE, ASM, BYTES_UNKNOWN, BYTES_UNKNOWN);
	g->message = "the frame could not be measured: at 0x90: mov %rax,%rsp";
}

static inline void fixture_full(struct fixture *f)
{
	static const struct failed_unit failed[] = {
		{"drivers/net/crash.c", "crashed (signal 11)",
		 "The worker died while it compiled."},
		{"drivers/net/" HOSTILE ".c", "timeout", "No answer within 60 s."}};
	static struct program_external externals[] = {
		[X_KMALLOC] = {.symbol = "kmalloc", .n_calls = 1, .cost_bytes = BYTES_UNKNOWN},
		[X_MEMCPY] = {.symbol = "memcpy",
			      .n_calls = 3,
			      .cost_bytes = 40,
			      .cost_why = "a leaf of the kernel's library"},
		[X_PANIC] = {.symbol = "panic", .n_calls = 1, .cost_bytes = BYTES_UNKNOWN}};
	static const char *warnings[] = {"two definitions of fix_open in module fix"};

	*f = (struct fixture){0};
	fix_start(f);
	full_functions(f);
	full_edges(f);
	full_depths(f);
	full_cycles(f);
	full_findings(f);
	fix_entry(f, EVIL, "requested", (uint32_t[]){22, 24}, 2, EVIL2);
	f->entries.v[0].path.external = &externals[X_MEMCPY];
	fix_entry(f, OPEN, "address taken", (uint32_t[]){1}, 1, PARSE);
	fix_entry(f, READ, "requested", (uint32_t[]){7}, 1, PARSE);
	fix_entry(f, OPEN2, "no caller", (uint32_t[]){19}, 1, MAYBE);
	fix_entry(f, LEAF, "no caller", NULL, 0, LEAF);
	fix_entry(f, ASM, "address taken", NULL, 0, ASM);
	fix_finish(f);
	f->program.externals = externals;
	f->program.n_externals = 3;
	f->program.warnings = warnings;
	f->program.n_warnings = 1;
	f->report.commit = "0123456789abcdef0123456789abcdef01234567";
	f->report.branch = "topic/" HOSTILE;
	f->report.dirty = true;
	f->report.build = "debug";
	f->report.units_total = 5;
	f->report.units_measured = 2;
	f->report.units_estimated = 1;
	f->report.units_failed = 2;
	f->report.failed = failed;
	f->report.n_failed = 2;
}

/* A chain of `n` functions of 100 bytes, each with `calls` calls of the next one and a warning of its own. */
static inline void fixture_chain(struct fixture *f, uint32_t n, uint32_t calls)
{
	uint32_t *path;

	*f = (struct fixture){0};
	fix_start(f);
	fix_unit(f, "drivers/block/chain.c", "chain", UNIT_OK);
	path = arena_array(&f->arena, n, uint32_t);
	for (uint32_t i = 0; i < n; i++) {
		struct finding *g;

		fix_func(f, arena_printf(&f->arena, "chain_link_number_%u", i), 100);
		f->depths.v[i].bytes = f->depths.v[i].possible_bytes = 104 * (n - i - 1) + 100;
		g = fix_finding(f, "large-local", SEVERITY_WARNING, i, 64, 32);
		g->message = "the array takes 64 bytes";
		g->advice = "Allocate it.";
	}
	for (uint32_t i = 0; i + 1 < n; i++) {
		path[i] = (uint32_t)f->edges.n;
		for (uint32_t k = 0; k < calls; k++)
			fix_edge(f, i, k, CALL_DIRECT, i + 1, 104, EVIDENCE_DIRECT);
	}
	fix_entry(f, 0, "no caller", path, n - 1, n - 1);
	fix_finish(f);
	f->report.units_total = f->report.units_measured = 1;
}

#endif
