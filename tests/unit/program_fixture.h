/*
 * Small programs built by hand for unit tests of rules/ and history/: functions, frames, parts,
 * edges and depths are given as they are wanted, without a linker or a solver between.
 */
#ifndef STACKCHECK_TESTS_PROGRAM_FIXTURE_H
#define STACKCHECK_TESTS_PROGRAM_FIXTURE_H

#include "program/program.h"
#include "stack/stack.h"

#include <stdlib.h>
#include <string.h>

enum { FIXTURE_MAX = 64 };

struct fixture {
	struct facts units[FIXTURE_MAX];
	const struct facts *unit_list[FIXTURE_MAX];
	struct fact_func facts[FIXTURE_MAX];
	struct fact_call calls[FIXTURE_MAX];
	struct program_func funcs[FIXTURE_MAX];
	struct program_edge edges[FIXTURE_MAX];
	uint32_t same_name[FIXTURE_MAX];
	struct depth depth[FIXTURE_MAX];
	struct cycle cycles[FIXTURE_MAX];
	struct program program;
	struct depths depths;
};

static inline struct fixture *fixture_new(void)
{
	struct fixture *x = calloc(1, sizeof(*x));

	x->program.units = x->unit_list;
	x->program.funcs = x->funcs;
	x->program.edges = x->edges;
	x->program.same_name = x->same_name;
	x->depths.v = x->depth;
	x->depths.cycles = x->cycles;
	return x;
}

static inline void fixture_free(struct fixture *x)
{
	for (uint32_t i = 0; i < x->program.n_units; i++) {
		vec_release(&x->units[i].parts);
		vec_release(&x->units[i].problems);
		vec_release(&x->units[i].mismatches);
	}
	map_release(&x->program.by_name);
	arena_release(&x->program.arena);
	free(x);
}

static inline uint32_t fixture_unit(struct fixture *x, const char *name)
{
	uint32_t id = x->program.n_units++;

	x->units[id].unit = name;
	x->units[id].target = "x86_64-linux-gnu";
	x->unit_list[id] = &x->units[id];
	return id;
}

/* Functions that share a name are chained, as the linker of units does it; the newest one is the
 * first. */
static inline void fixture_name(struct fixture *x, uint32_t id, const char *name)
{
	uint64_t *head = map_put_str(&x->program.by_name, name, NULL);

	x->same_name[id] = *head ? (uint32_t)*head - 1 : NO_ID;
	*head = (uint64_t)id + 1;
}

/* A function of the newest unit, at `file`:`line`, of a fixed frame; its depth is its frame. */
static inline uint32_t fixture_func(struct fixture *x, const char *name, const char *file,
				    uint32_t line, int64_t frame)
{
	uint32_t id = x->program.n_funcs++;
	uint32_t unit = x->program.n_units - 1;

	x->facts[id] = (struct fact_func){
		.symbol = name,
		.name = name,
		.loc = {.file = file, .line = line, .column = 1},
		.frame_bytes = frame,
		.entry_bytes = 8,
	};
	x->funcs[id] = (struct program_func){
		.fact = &x->facts[id],
		.unit = unit,
		.first_part = (uint32_t)x->units[unit].parts.n,
	};
	x->depth[id] = (struct depth){.bytes = frame, .possible_bytes = frame, .via = NO_ID};
	fixture_name(x, id, name);
	return id;
}

/* An aggregate variable in the frame of the newest function. */
static inline struct fact_part *fixture_part(struct fixture *x, const char *name, const char *type,
					     int64_t bytes)
{
	uint32_t func = x->program.n_funcs - 1;
	struct program_func *f = &x->funcs[func];
	struct fact_part *part = vec_push(&x->units[f->unit].parts);

	*part = (struct fact_part){
		.func = func,
		.kind = PART_VARIABLE,
		.bytes = bytes,
		.counted = bytes,
		.name = name,
		.type = type,
		.aggregate = true,
		.declared_in = f->fact->name,
		.loc = {.file = f->fact->loc.file, .line = f->fact->loc.line + 1, .column = 7},
	};
	f->n_parts++;
	return part;
}

static inline uint32_t fixture_edge(struct fixture *x, uint32_t from, uint32_t to,
				    enum call_kind kind, int64_t depth_bytes)
{
	uint32_t id = x->program.n_edges++;

	x->calls[id] = (struct fact_call){.kind = kind, .depth_bytes = depth_bytes};
	x->edges[id] = (struct program_edge){
		.from = from,
		.to = to,
		.external = NO_ID,
		.through = NO_ID,
		.kind = kind,
		.evidence = kind == CALL_INDIRECT ? EVIDENCE_FIELD : EVIDENCE_DIRECT,
		.depth_bytes = depth_bytes,
		.call = &x->calls[id],
	};
	return id;
}

/* A cycle over `n` edges in a row, beginning with `first`. */
static inline void fixture_cycle(struct fixture *x, uint32_t first, uint32_t n, bool certain,
				 int64_t turn_bytes)
{
	uint32_t *edges = arena_array(&x->program.arena, n, uint32_t);
	uint32_t *funcs = arena_array(&x->program.arena, n, uint32_t);

	for (uint32_t i = 0; i < n; i++) {
		edges[i] = first + i;
		funcs[i] = x->edges[first + i].from;
	}
	x->cycles[x->depths.n_cycles++] = (struct cycle){
		.edges = edges,
		.n_edges = n,
		.funcs = funcs,
		.n_funcs = n,
		.certain = certain,
		.turn_bytes = turn_bytes,
	};
}

#endif
