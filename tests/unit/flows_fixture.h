/*
 * Units written as text, numbered as the linker does it, and what a call may reach as text: for tests of
 * program/flows*.c.
 */
#ifndef STACKCHECK_TESTS_FLOWS_FIXTURE_H
#define STACKCHECK_TESTS_FLOWS_FIXTURE_H

#include "base/mem.h"
#include "program/flows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLOWS_UNITS = 8 };

struct flows_fixture {
	struct facts units[FLOWS_UNITS];
	const struct facts *pointers[FLOWS_UNITS];
	struct program program;
	struct symbols symbols;
	struct flows *flows;
	bool *taken;
	struct buf text; /* of the last answer */
};

/* Numbers the functions of program.units, chains their names, and solves. */
static inline void flows_fixture_solve(struct flows_fixture *x)
{
	struct program *p = &x->program;
	uint32_t func = 0;

	p->units = x->pointers;
	for (uint32_t u = 0; u < p->n_units; u++)
		p->n_funcs += (uint32_t)p->units[u]->funcs.n;
	p->funcs = arena_array(&p->arena, p->n_funcs, struct program_func);
	p->same_name = arena_array(&p->arena, p->n_funcs, uint32_t);
	p->modules = arena_array(&p->arena, p->n_units, const char *);
	for (uint32_t u = 0; u < p->n_units; u++)
		for (size_t i = 0; i < p->units[u]->funcs.n; i++, func++)
			p->funcs[func] =
				(struct program_func){.fact = &p->units[u]->funcs.v[i], .unit = u};
	for (uint32_t i = p->n_funcs; i-- > 0;) {
		uint64_t *head = map_put_str(&p->by_name, p->funcs[i].fact->name, NULL);

		p->same_name[i] = (uint32_t)*head - 1;
		*head = (uint64_t)i + 1;
	}
	symbols_init(&x->symbols, p);
	x->taken = mem_calloc(p->n_funcs, sizeof(*x->taken));
	x->flows = flows_solve(&x->symbols, x->taken);
}

/* The rest of the text form is put around each unit: "unit" line, version and end. Lines of a function may be short. */
static inline void flows_fixture_add(struct flows_fixture *x, const char *lines)
{
	uint32_t u = x->program.n_units++;
	struct buf text = {0};
	struct error err = {0};

	buf_printf(&text, "stackcheck-facts 4\nunit u%u.c target=x86_64-linux-gnu status=ok\n", u);
	for (const char *at = lines; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		int n = (int)strcspn(at, "\n");

		if (!strncmp(at, "func ", 5))
			buf_printf(&text, "%.*s kind=fixed origin=recompiled frame=16 entry=8\n", n,
				   at);
		else if (!strncmp(at, "\tcall ", 6))
			buf_printf(&text, "%.*s depth=16\n", n, at);
		else
			buf_printf(&text, "%.*s\n", n, at);
	}
	buf_puts(&text, "end\n");
	if (facts_read(&x->units[u], buf_str(&text), text.len, "test", &err))
		fail_msg("%s\n%s", err.text, buf_str(&text));
	buf_release(&text);
	x->pointers[u] = &x->units[u];
}

static inline void flows_fixture_release(struct flows_fixture *x)
{
	flows_release(x->flows);
	symbols_release(&x->symbols);
	free(x->taken);
	map_release(&x->program.by_name);
	for (uint32_t u = 0; u < x->program.n_units; u++)
		facts_release(&x->units[u]);
	arena_release(&x->program.arena);
	buf_release(&x->text);
}

static inline uint32_t flows_fixture_func(struct flows_fixture *x, const char *symbol)
{
	for (uint32_t i = 0; i < x->program.n_funcs; i++)
		if (!strcmp(x->program.funcs[i].fact->symbol, symbol))
			return i;
	fail_msg("no function %s", symbol);
	return NO_ID;
}

static inline const struct fact_call *flows_fixture_call(struct flows_fixture *x, uint32_t func,
							 uint32_t site)
{
	const struct facts *f = x->pointers[x->program.funcs[func].unit];
	uint32_t index = func - x->symbols.first_func[x->program.funcs[func].unit];

	for (size_t i = 0; i < f->calls.n; i++)
		if (f->calls.v[i].func == index && !site--)
			return &f->calls.v[i];
	fail_msg("no such call");
	return NULL;
}

/* "one two#0 ?three field complete": targets (of scanned functions, then others), parameter, evidence of the slot. */
static inline const char *flows_fixture_text(struct flows_fixture *x, const struct targets *t)
{
	x->text.len = 0;
	for (size_t i = 0; i < t->v.n; i++) {
		const struct target *one = &t->v.v[i];

		buf_printf(&x->text, "%s%s ", one->func == NO_ID ? "?" : "",
			   one->func == NO_ID ? one->symbol
					      : x->program.funcs[one->func].fact->symbol);
		if (one->param != NO_ID) {
			x->text.len--;
			buf_printf(&x->text, "#%u ", one->param);
		}
		if (one->evidence == EVIDENCE_SIGNATURE)
			buf_puts(&x->text, "(signature) ");
	}
	buf_puts(&x->text, !t->has_slot				   ? "none"
			   : t->slot_evidence == EVIDENCE_FIELD	   ? "field"
			   : t->slot_evidence == EVIDENCE_VARIABLE ? "variable"
			   : t->slot_evidence == EVIDENCE_RETURN   ? "return"
								   : "parameter");
	if (t->complete)
		buf_puts(&x->text, " complete");
	return buf_str(&x->text);
}

static inline const char *flows_fixture_targets(struct flows_fixture *x, const char *symbol,
						uint32_t site)
{
	uint32_t func = flows_fixture_func(x, symbol);
	struct targets t = {0};
	const char *text;

	flows_targets(x->flows, func, flows_fixture_call(x, func, site), &t);
	text = flows_fixture_text(x, &t);
	vec_release(&t.v);
	return text;
}

#endif
