/*
 * Calls of the machine code and what the source says of them: slots, types, arguments.
 *
 * A call in the object and its CallExpr share file, line and column (clang puts a call where the expression
 * begins) and the name of the function that the code was written in: macros put calls of several functions
 * into one place, so the name belongs into the key. Direct calls share the callee's name too. Other compilers put calls into other
 * columns: then the line decides. What remains unclear has all the slots that are possible, and no arguments.
 */
#include "extract/reconcile_index.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* No symbol: stands for all of them. */
static const char ANY_CALLEE[] = "\n";

/* The calls of the AST, by place. */
struct call_index {
	struct index *x;
	struct map by_place; /* -> first ast call + 1 */
	uint32_t *next, *next_on_line; /* ast call -> the next one of its key; + 1 */
	uint32_t *next_direct; /* the same of all direct calls of one place */
	size_t *first_arg; /* ast call -> into args */
	uint32_t *args; /* numbers of ast args, by call */
};

struct groups {
	struct map by_key; /* -> number + 1 */
	VEC(uint32_t) sizes;
};

/* A machine call before it is matched. */
struct site {
	const char *key, *line_key, *direct_key;
	size_t group; /* of calls of one function, chain and key */
	uint32_t ordinal; /* its number among them, from 0 */
};

void reconcile_bind(const struct fact_bind *b, struct facts *f)
{
	struct fact_bind *out = vec_push(&f->binds);

	out->symbol = facts_copy(f, b->symbol);
	out->slot = facts_copy(f, b->slot);
	out->object = facts_copy(f, b->object);
	out->within = facts_copy(f, b->within);
	out->loc = b->loc;
	out->loc.file = facts_copy(f, b->loc.file);
}

void reconcile_flow(const struct fact_flow *flow, struct facts *f)
{
	struct fact_flow *out = vec_push(&f->flows);

	out->kind = flow->kind;
	out->from = facts_copy(f, flow->from);
	out->to = facts_copy(f, flow->to);
	out->within = facts_copy(f, flow->within);
	out->loc = flow->loc;
	out->loc.file = facts_copy(f, flow->loc.file);
}

void reconcile_arg(const struct fact_arg *a, uint32_t call, struct facts *f)
{
	struct fact_arg *out = vec_push(&f->args);

	*out = *a;
	out->call = call;
	out->text = facts_copy(f, a->text);
}

static const char *place_key(struct index *x, const char *function, const struct fact_loc *loc,
			     const char *callee, bool column)
{
	return column ? arena_printf(&x->scratch, "%s\n%s:%u:%u\n%s", function,
				     loc->file ? loc->file : "", loc->line, loc->column,
				     callee ? callee : "")
		      : arena_printf(&x->scratch, "%s\n%s:%u\n%s", function,
				     loc->file ? loc->file : "", loc->line, callee ? callee : "");
}

/* Calls are entered from the last to the first, so that chains are in source order. */
static void enter(struct call_index *c, const char *key, uint32_t *next, size_t call)
{
	uint64_t *first = map_put_str(&c->by_place, key, NULL);

	next[call] = (uint32_t)*first;
	*first = call + 1;
}

static void index_args(struct call_index *c)
{
	const struct ast *ast = c->x->in->ast;
	size_t n = 0;

	c->first_arg = mem_calloc(ast->calls.n + 2, sizeof(*c->first_arg));
	c->args = mem_calloc(ast->args.n + 1, sizeof(*c->args));
	for (size_t i = 0; i < ast->args.n; i++)
		c->first_arg[ast->args.v[i].call + 2]++;
	for (size_t i = 0; i < ast->calls.n + 2; i++) {
		n += c->first_arg[i];
		c->first_arg[i] = n;
	}
	for (size_t i = 0; i < ast->args.n; i++)
		c->args[c->first_arg[ast->args.v[i].call + 1]++] = (uint32_t)i;
}

static void index_calls(struct call_index *c)
{
	const struct ast *ast = c->x->in->ast;

	c->next = mem_calloc(ast->calls.n + 1, sizeof(*c->next));
	c->next_on_line = mem_calloc(ast->calls.n + 1, sizeof(*c->next_on_line));
	c->next_direct = mem_calloc(ast->calls.n + 1, sizeof(*c->next_direct));
	for (size_t i = ast->calls.n; i-- > 0;) {
		const struct ast_call *call = &ast->calls.v[i];
		const char *function = ast->funcs.v[call->func].name;

		enter(c, place_key(c->x, function, &call->loc, call->callee, true), c->next, i);
		enter(c, place_key(c->x, function, &call->loc, call->callee, false),
		      c->next_on_line, i);
		if (call->callee)
			enter(c, place_key(c->x, function, &call->loc, ANY_CALLEE, true),
			      c->next_direct, i);
	}
	index_args(c);
}

static void release_calls(struct call_index *c)
{
	map_release(&c->by_place);
	free(c->next);
	free(c->next_on_line);
	free(c->next_direct);
	free(c->first_arg);
	free(c->args);
}

static const struct fact_arg *arg_of(const struct call_index *c, size_t call, size_t i)
{
	return &c->x->in->ast->args.v[c->args[c->first_arg[call] + i]];
}

static size_t n_args(const struct call_index *c, size_t call)
{
	return c->first_arg[call + 1] - c->first_arg[call];
}

static bool same_args(const struct call_index *c, size_t a, size_t b)
{
	if (n_args(c, a) != n_args(c, b))
		return false;
	for (size_t i = 0; i < n_args(c, a); i++) {
		const struct fact_arg *p = arg_of(c, a, i), *q = arg_of(c, b, i);

		if (p->position != q->position || p->kind != q->kind || p->number != q->number ||
		    p->value != q->value || str_compare(p->text, q->text))
			return false;
	}
	return true;
}

/* One step of an inlining chain, taken off its front: "G:120:9<F:45:3". */
static bool next_step(struct index *x, const char **chain, const char **function,
		      struct fact_loc *loc)
{
	size_t len = strcspn(*chain, "<");
	char *text = arena_strndup(&x->scratch, *chain, len), *column = strrchr(text, ':'), *line;

	*chain += len + ((*chain)[len] == '<');
	if (column)
		*column = '\0';
	line = strrchr(text, ':');
	if (!column || !line)
		return false;
	*line = '\0';
	*function = text;
	loc->line = (uint32_t)strtoul(line + 1, NULL, 10);
	loc->column = (uint32_t)strtoul(column + 1, NULL, 10);
	return true;
}

/* The argument at `position` of the call by which `callee` got into `function` at that place; NULL: not known. */
static const struct fact_arg *inlined_arg(const struct call_index *c, const char *callee,
					  const char *function, struct fact_loc loc,
					  uint32_t position)
{
	const struct ast *ast = c->x->in->ast;
	uint64_t *in = map_find_str(&c->x->ast_by_name, function), *first, *to;

	if (!in)
		return NULL;
	loc.file = ast->funcs.v[*in - 1].loc.file;
	first = map_find_str(&c->by_place, place_key(c->x, function, &loc, ANY_CALLEE, true));
	for (uint64_t i = first ? *first : 0; i; i = c->next_direct[i - 1]) {
		to = map_find_str(&c->x->ast_by_symbol, ast->calls.v[i - 1].callee);
		if (!to || strcmp(ast->funcs.v[*to - 1].name, callee) != 0)
			continue;
		for (size_t k = 0; k < n_args(c, i - 1); k++)
			if (arg_of(c, i - 1, k)->position == position)
				return arg_of(c, i - 1, k);
		return NULL;
	}
	return NULL;
}

/* A parameter of an inlined function that is a constant where it was inlined becomes that constant. */
static struct fact_arg resolved(const struct call_index *c, const struct fact_arg *arg,
				const struct fact_call *call)
{
	const char *callee = call->within, *chain = call->chain, *function;
	struct fact_arg found = *arg;
	struct fact_loc loc = {0};

	while (found.kind == ARG_PARAM && callee && chain && *chain &&
	       next_step(c->x, &chain, &function, &loc)) {
		const struct fact_arg *outer = inlined_arg(c, callee, function, loc, found.number);
		int64_t plus = found.value;

		if (!outer || (outer->kind != ARG_PARAM && outer->kind != ARG_VALUE))
			return *arg;
		found = *outer;
		found.value += plus;
		callee = function;
	}
	found.position = arg->position;
	return found.kind == ARG_VALUE ? found : *arg;
}

static void add_args(const struct call_index *c, size_t ast_call, uint32_t call)
{
	for (size_t i = 0; i < n_args(c, ast_call); i++) {
		struct fact_arg arg = resolved(c, arg_of(c, ast_call, i), &c->x->f->calls.v[call]);

		reconcile_arg(&arg, call, c->x->f);
	}
}

/* Adds an alternative to a list of them, once; NULL makes the whole list NULL for good. */
static void add_alternative(struct index *x, const char **list, bool *known, const char *one)
{
	const char *at = *list;

	*known &= one != NULL;
	if (!*known) {
		*list = NULL;
		return;
	}
	for (; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
		if (strcspn(at, "|") == strlen(one) && !strncmp(at, one, strlen(one)))
			return;
	*list = *list ? arena_printf(&x->f->arena, "%s|%s", *list, one) : index_keep(x, one);
}

/* What several calls of the source have in common, and what any of them may be. */
struct common {
	bool any, slots, signatures, vias, objects;
	const char *via, *object;
};

static void add_candidate(struct index *x, struct fact_call *c, struct common *k,
			  const struct ast_call *call)
{
	if (!k->any) {
		*k = (struct common){true, true, true, true, true, call->via, call->object};
		c->slot = c->signature = NULL;
	}
	add_alternative(x, &c->slot, &k->slots, call->slot);
	add_alternative(x, &c->signature, &k->signatures, call->signature);
	k->vias &= !str_compare(k->via, call->via);
	k->objects &= !str_compare(k->object, call->object);
}

static void finish_candidates(struct index *x, struct fact_call *c, const struct common *k)
{
	c->via = k->any && k->vias ? index_keep(x, k->via) : NULL;
	c->object = k->any && k->objects ? index_keep(x, k->object) : NULL;
}

/* Has it code of its own, and none inside others? */
static bool is_apart(const struct index *x, const struct ast_func *func)
{
	if (places_has_inlined(x->in->places, func->name))
		return false;
	for (size_t i = 0; i < x->f->funcs.n; i++)
		if (!strcmp(x->f->funcs.v[i].symbol, func->symbol))
			return true;
	return false;
}

/* Functions by number whose code may be in `function`: itself, and what was inlined into it. */
static void find_bodies(struct index *x, const char *function, unsigned char *in)
{
	const struct ast *ast = x->in->ast;
	uint64_t *first = map_find_str(&x->ast_by_name, function), *callee;
	bool changed = first != NULL;

	if (first)
		in[*first - 1] = 1;
	while (changed) {
		changed = false;
		for (size_t i = 0; i < ast->calls.n; i++) {
			const struct ast_call *call = &ast->calls.v[i];

			callee = call->callee && in[call->func]
					 ? map_find_str(&x->ast_by_symbol, call->callee)
					 : NULL;
			if (!callee || in[*callee - 1] || is_apart(x, &ast->funcs.v[*callee - 1]))
				continue;
			in[*callee - 1] = 1;
			changed = true;
		}
	}
}

/* The compiler merged calls, or put this one where none is written: it may be any indirect call of the function, or
   of those that were inlined into it. */
static void guess_call(struct index *x, const char *function, struct fact_call *c)
{
	const struct ast *ast = x->in->ast;
	unsigned char *in = mem_calloc(ast->funcs.n + 1, 1);
	struct common k = {0};

	find_bodies(x, function, in);
	for (size_t i = 0; i < ast->calls.n; i++)
		if (!ast->calls.v[i].callee && in[ast->calls.v[i].func])
			add_candidate(x, c, &k, &ast->calls.v[i]);
	finish_candidates(x, c, &k);
	free(in);
}

/* The chain of calls that share a site's place; NULL in *next: none. */
static uint64_t find_chain(const struct call_index *c, const struct site *site,
			   const uint32_t **next)
{
	uint64_t *first = map_find_str(&c->by_place, site->key);

	*next = c->next;
	if (!first) {
		first = map_find_str(&c->by_place, site->line_key);
		*next = c->next_on_line;
	}
	return first ? *first : 0;
}

/* Which of the calls of a chain a direct call is; + 1, 0: it cannot be told. */
static uint64_t choose(const struct call_index *c, const struct site *site, uint32_t group_size,
		       uint64_t first, const uint32_t *next)
{
	uint64_t n = 0, chosen = first;
	bool same = true;

	for (uint64_t i = first; i; i = next[i - 1], n++) {
		same &= same_args(c, first - 1, i - 1);
		if (n == site->ordinal)
			chosen = i;
	}
	if (same)
		return first;
	return n == group_size ? chosen : 0;
}

/*
 * A pointer that only the machine code has: into an import table, or an address that was put into a register once
 * for several calls. The source names the callee.
 */
static bool match_direct(const struct call_index *c, const struct site *site, uint32_t number)
{
	const struct ast *ast = c->x->in->ast;
	struct fact_call *out = &c->x->f->calls.v[number];
	uint64_t *first = map_find_str(&c->by_place, site->direct_key);
	bool same = true;

	if (!first)
		return false;
	for (uint64_t i = *first; i; i = c->next_direct[i - 1]) {
		if (strcmp(ast->calls.v[i - 1].callee, ast->calls.v[*first - 1].callee))
			return false;
		same &= same_args(c, *first - 1, i - 1);
	}
	out->kind = out->kind == CALL_INDIRECT ? CALL_DIRECT : CALL_TAIL;
	out->callee = index_keep(c->x, ast->calls.v[*first - 1].callee);
	if (same)
		add_args(c, *first - 1, number);
	return true;
}

static void match(const struct call_index *c, const struct site *site, uint32_t group_size,
		  const char *function, uint32_t number)
{
	struct index *x = c->x;
	struct fact_call *out = &x->f->calls.v[number];
	const uint32_t *next;
	uint64_t first, chosen;
	struct common k = {0};

	if (!out->callee && !map_find_str(&c->by_place, site->key) && match_direct(c, site, number))
		return;
	first = find_chain(c, site, &next);
	if (!first) {
		if (!out->callee)
			guess_call(x, function, out);
		return;
	}
	chosen = choose(c, site, group_size, first, next);
	if (!out->callee) {
		for (uint64_t i = first; i; i = next[i - 1])
			add_candidate(x, out, &k, &x->in->ast->calls.v[i - 1]);
		finish_candidates(x, out, &k);
		if (next[first - 1])
			return;
	}
	if (chosen)
		add_args(c, chosen - 1, number);
}

static const char *chain_at(struct index *x, const struct machine_call *mc)
{
	struct buf chain = {0};
	const char *text;

	places_chain(x->in->places, mc->section, mc->offset, &chain);
	text = chain.len ? arena_strdup(&x->f->arena, buf_str(&chain)) : NULL;
	buf_release(&chain);
	return text;
}

static const char *function_of(const struct index *x, const struct fact_call *c)
{
	return c->within ? c->within : x->f->funcs.v[c->func].name;
}

static void add_call(struct index *x, const struct machine_call *mc, struct groups *groups,
		     struct site *site)
{
	struct place place = places_find(x->in->places, mc->section, mc->offset);
	struct fact_call *c = vec_push(&x->f->calls);
	const char *callee, *function;
	uint64_t *group;

	c->func = x->fact_of[mc->func];
	c->kind = mc->kind;
	c->callee = index_keep(x, mc->callee);
	c->depth_bytes = mc->depth_bytes;
	c->within = index_keep(x, place.within);
	c->chain = chain_at(x, mc);
	c->loc = (struct fact_loc){index_path(x, place.file), place.line, place.column};
	callee = c->callee ? index_plain_name(x, c->callee) : NULL;
	function = function_of(x, c);
	site->key = place_key(x, function, &c->loc, callee, true);
	site->line_key = place_key(x, function, &c->loc, callee, false);
	site->direct_key = place_key(x, function, &c->loc, ANY_CALLEE, true);
	group = map_put_str(&groups->by_key,
			    arena_printf(&x->scratch, "%u\n%s\n%s", c->func,
					 c->chain ? c->chain : "", site->key),
			    NULL);
	if (!*group) {
		vec_push(&groups->sizes);
		*group = groups->sizes.n;
	}
	site->group = *group - 1;
	site->ordinal = groups->sizes.v[site->group]++;
}

void reconcile_calls(struct index *x)
{
	const struct machine *m = x->in->machine;
	struct site *sites = mem_calloc(m->calls.n + 1, sizeof(*sites));
	struct call_index c = {.x = x};
	struct groups groups = {0};
	size_t first = x->f->calls.n;

	for (size_t i = 0; i < m->calls.n; i++)
		if (x->fact_of[m->calls.v[i].func] != NO_FUNC)
			add_call(x, &m->calls.v[i], &groups, &sites[x->f->calls.n - first]);
	index_calls(&c);
	for (size_t i = first; i < x->f->calls.n; i++)
		match(&c, &sites[i - first], groups.sizes.v[sites[i - first].group],
		      function_of(x, &x->f->calls.v[i]), (uint32_t)i);
	release_calls(&c);
	map_release(&groups.by_key);
	vec_release(&groups.sizes);
	free(sites);
}
