#include "rules/over_budget.h"

void over_paths_find(struct over_paths *o, const struct rule_input *in)
{
	struct copies copies = {0};

	for (uint32_t i = 0; i < in->program->n_funcs; i++)
		if (in->program->funcs[i].is_entry && in->depths->v[i].bytes > in->budget_bytes)
			copies_add_func(&copies, in->program, i, in->depths->v[i].bytes);
	for (size_t i = 0; i < copies.v.n; i++) {
		struct over_path *x = vec_push(&o->v);

		x->entry = copies.v.v[i];
		path_worst(in->program, in->depths, x->entry.func, &o->arena, &x->path);
	}
	copies_release(&copies);
}

void over_paths_release(struct over_paths *o)
{
	vec_release(&o->v);
	arena_release(&o->arena);
}
