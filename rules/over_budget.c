/* Entry points and their budgets. In: a solved program, the platform's stacks, the guards; out: who is above, and by what. */
#include "rules/over_budget.h"

const struct program *uncovered_program(const struct rule_input *in)
{
	return in->guards ? guards_uncovered_program(in->guards) : in->program;
}

const struct depths *uncovered_depths(const struct rule_input *in)
{
	return in->guards ? guards_uncovered_depths(in->guards) : in->depths;
}

static int64_t stack_budget(const struct rule_input *in, const struct program_func *f)
{
	enum entry_stack kind = f->entry_model ? f->entry_model->stack : STACK_THREAD;
	const struct platform_stack *stack = in->platform ? &in->platform->stacks[kind] : NULL;
	int64_t size = stack ? stack->bytes : 0;

	/* What is asked for decides; without that nothing is promised. */
	if (kind == STACK_SEGMENT && size)
		size = f->entry_stack_bytes == BYTES_UNKNOWN ? 0
		       : f->entry_stack_bytes < size	     ? f->entry_stack_bytes
							     : size;
	return size > 0 ? size * stack->percent / 100 : BYTES_UNKNOWN;
}

/* Only where no caller stands can a stack be worth more than what callers leave of a thread's: a piece that was asked for, and, unless
   the budget is somebody's own, a worker's or an own thread's whose routine nothing else calls. */
static bool starts_empty(const struct rule_input *in, const struct program_func *f)
{
	const struct platform *p = in->platform;

	switch (f->entry_model->stack) {
	case STACK_SEGMENT: return true;
	case STACK_WORKER:
	case STACK_OWN:
		return !f->entry_on_thread &&
		       in->budget_bytes == p->stack_bytes * p->budget_percent / 100;
	default: return false;
	}
}

int64_t entry_budget(const struct rule_input *in, uint32_t func)
{
	const struct program_func *f = &in->program->funcs[func];
	int64_t own = stack_budget(in, f);

	if (own == BYTES_UNKNOWN || (own > in->budget_bytes && !starts_empty(in, f)))
		return in->budget_bytes;
	return own;
}

struct judged entry_judge(const struct rule_input *in, uint32_t func)
{
	int64_t whole = in->depths->v[func].bytes;
	struct judged x = {.budget = entry_budget(in, func), .whole = whole, .bytes = whole};

	if (whole > x.budget)
		x.bytes = uncovered_depths(in)->v[func].bytes;
	if (whole > x.budget && x.bytes == BYTES_UNKNOWN)
		x.bytes = 0;
	x.limit = x.budget + (whole - x.bytes);
	x.over = whole > x.limit;
	return x;
}

void entry_budgets(struct snapshot *s, const struct rule_input *in)
{
	for (uint32_t i = 0; i < in->program->n_funcs; i++)
		if (in->program->funcs[i].is_entry)
			s->functions[i].budget_bytes = entry_judge(in, i).limit;
}

void over_paths_find(struct over_paths *o, const struct rule_input *in)
{
	const struct program *p = uncovered_program(in);
	const struct depths *d = uncovered_depths(in);
	struct copies copies = {0};

	for (uint32_t i = 0; i < in->program->n_funcs; i++) {
		struct judged x;

		if (!in->program->funcs[i].is_entry)
			continue;
		x = entry_judge(in, i);
		if (x.over)
			copies_add_func(&copies, in->program, i, x.bytes);
	}
	for (size_t i = 0; i < copies.v.n; i++) {
		struct over_path *x = vec_push(&o->v);

		x->entry = copies.v.v[i];
		x->judged = entry_judge(in, x->entry.func);
		path_worst(p, d, x->entry.func, &o->arena, &x->path);
	}
	copies_release(&copies);
}

void over_paths_release(struct over_paths *o)
{
	vec_release(&o->v);
	arena_release(&o->arena);
}
