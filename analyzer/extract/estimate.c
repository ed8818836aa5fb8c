#include "extract/reconcile_index.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/*
 * Facts without machine code. What the AST cannot know (spills, saved registers, inlining) is missing, so nothing here
 * is exact or a floor: FRAME_ESTIMATED says so.
 */

/* Functions of the source file itself, and those of headers that they need, transitively. */
static unsigned char *find_needed(const struct ast *ast, const char *source)
{
	unsigned char *needed = mem_calloc(ast->funcs.n, 1);
	struct map by_symbol = {0};
	bool changed = true;

	for (size_t i = 0; i < ast->funcs.n; i++) {
		*map_put_str(&by_symbol, ast->funcs.v[i].symbol, NULL) = i;
		needed[i] = ast->funcs.v[i].loc.file && !strcmp(ast->funcs.v[i].loc.file, source);
	}
	while (changed) {
		changed = false;
		for (size_t i = 0; i < ast->calls.n; i++) {
			const struct ast_call *c = &ast->calls.v[i];
			uint64_t *to = c->callee && needed[c->func]
					       ? map_find_str(&by_symbol, c->callee)
					       : NULL;

			if (to && !needed[*to]) {
				needed[*to] = 1;
				changed = true;
			}
		}
	}
	map_release(&by_symbol);
	return needed;
}

static void add_func(const struct ast_func *a, uint32_t entry_bytes, struct facts *f)
{
	struct fact_func *fn = vec_push(&f->funcs);

	fn->symbol = facts_copy(f, a->symbol);
	fn->name = facts_copy(f, a->name);
	fn->signature = facts_copy(f, a->signature);
	fn->loc = facts_copy_loc(f, a->loc);
	fn->linkage = a->linkage;
	fn->frame_kind = FRAME_ESTIMATED;
	fn->frame_bytes = a->locals_bytes + entry_bytes;
	fn->entry_bytes = entry_bytes;
	fn->frame_note = a->has_dynamic ? "the unit did not compile; estimated from its local "
					  "variables, without a variable-sized one"
					: "the unit did not compile; estimated from its local "
					  "variables";
}

void reconcile_estimate(const struct ast *ast, uint32_t entry_bytes, struct facts *f)
{
	char *source = arena_strdup(&f->arena, f->unit);
	char *mark = strrchr(source, '#');
	uint32_t *fact_of = mem_calloc(ast->funcs.n, sizeof(*fact_of));
	uint32_t *call_of = mem_calloc(ast->calls.n, sizeof(*call_of));
	unsigned char *needed;

	/* The unit's name is its source's path, "#2" behind it for a second command. */
	if (mark)
		*mark = '\0';
	needed = find_needed(ast, source);
	for (size_t i = 0; i < ast->funcs.n; i++) {
		if (!needed[i])
			continue;
		fact_of[i] = (uint32_t)f->funcs.n;
		add_func(&ast->funcs.v[i], entry_bytes, f);
	}
	for (size_t i = 0; i < ast->locals.n; i++) {
		const struct ast_local *l = &ast->locals.v[i];

		if (!needed[l->func])
			continue;
		*vec_push(&f->parts) = (struct fact_part){
			.func = fact_of[l->func],
			.kind = PART_VARIABLE,
			.bytes = l->bytes,
			.counted = l->bytes == BYTES_UNKNOWN ? 0 : l->bytes,
			.name = facts_copy(f, l->name),
			.type = facts_copy(f, l->type),
			.aggregate = l->aggregate,
			.format_only = l->format_only,
			.declared_in = facts_copy(f, ast->funcs.v[l->func].name),
			.loc = facts_copy_loc(f, l->loc),
		};
	}
	for (size_t i = 0; i < ast->calls.n; i++) {
		const struct ast_call *c = &ast->calls.v[i];

		if (!needed[c->func])
			continue;
		call_of[i] = (uint32_t)f->calls.n;
		*vec_push(&f->calls) = (struct fact_call){
			.func = fact_of[c->func],
			.kind = c->callee ? CALL_DIRECT : CALL_INDIRECT,
			.callee = facts_copy(f, c->callee),
			.depth_bytes = f->funcs.v[fact_of[c->func]].frame_bytes,
			.slot = facts_copy(f, c->slot),
			.via = facts_copy(f, c->via),
			.object = facts_copy(f, c->object),
			.signature = facts_copy(f, c->signature),
			.loc = facts_copy_loc(f, c->loc),
		};
	}
	for (size_t i = 0; i < ast->args.n; i++)
		if (needed[ast->calls.v[ast->args.v[i].call].func])
			reconcile_arg(&ast->args.v[i], call_of[ast->args.v[i].call], f);
	for (size_t i = 0; i < ast->binds.n; i++)
		reconcile_bind(&ast->binds.v[i], f);
	for (size_t i = 0; i < ast->flows.n; i++)
		reconcile_flow(&ast->flows.v[i], f);
	free(call_of);
	free(needed);
	free(fact_of);
}
