/*
 * Sources as strings -> struct ast, and its tables as text, one line a row, for the tests of ast_read().
 *
 *   calls   CALLER -> CALLEE            binds   SYMBOL -> SLOT [in FUNCTION]
 *           CALLER => SLOT              a slot that is not known is "?"
 *   flows   KIND [FROM] -> TO [in FUNCTION]
 */
#ifndef STACKCHECK_TESTS_AST_FIXTURE_H
#define STACKCHECK_TESTS_AST_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "extract/ast.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct unit {
	char dir[1024];
	struct arena arena;
	struct job job;
	struct ast ast;
	struct error err;
	const char *files[8];
	size_t n_files;
	char *argv[8];
};

/* An empty directory of its own; the unit's source will be a.c in it. */
static inline void unit_open(struct unit *u, const char *target)
{
	*u = (struct unit){.dir = BINARY_DIR "/ast-XXXXXX"};
	assert_non_null(mkdtemp(u->dir));
	u->argv[0] = arena_printf(&u->arena, "--target=%s", target);
	u->job = (struct job){
		.unit = "a.c",
		.root = u->dir,
		.directory = u->dir,
		.source = arena_printf(&u->arena, "%s/a.c", u->dir),
		.target = target,
		.argv = u->argv,
		.argc = 1,
	};
}

static inline void unit_write(struct unit *u, const char *name, const char *text)
{
	const char *path = arena_printf(&u->arena, "%s/%s", u->dir, name);

	assert_int_equal(file_write_atomic(path, text, strlen(text), &u->err), 0);
	u->files[u->n_files++] = path;
}

static inline void unit_parse(struct unit *u, const char *text)
{
	unit_write(u, "a.c", text);
	if (ast_read(&u->job, &u->arena, &u->ast, &u->err))
		fail_msg("%s", u->err.text);
}

static inline void unit_close(struct unit *u)
{
	ast_release(&u->ast);
	while (u->n_files)
		unlink(u->files[--u->n_files]);
	rmdir(u->dir);
	arena_release(&u->arena);
}

/* Parses one source for x86-64 Linux that must be free of errors. */
static inline void unit_read(struct unit *u, const char *text)
{
	unit_open(u, "x86_64-linux-gnu");
	unit_parse(u, text);
	assert_int_equal(u->ast.status, UNIT_OK);
	assert_int_equal(u->ast.problems.n, 0);
}

static inline const char *unit_calls(struct unit *u)
{
	struct buf b = {0};
	const char *text;

	for (size_t i = 0; i < u->ast.calls.n; i++) {
		const struct ast_call *c = &u->ast.calls.v[i];

		buf_printf(&b, "%s %s %s\n", u->ast.funcs.v[c->func].name, c->callee ? "->" : "=>",
			   c->callee ? c->callee
			   : c->slot ? c->slot
				     : "?");
	}
	text = arena_strdup(&u->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static inline const char *unit_binds(struct unit *u)
{
	struct buf b = {0};
	const char *text;

	for (size_t i = 0; i < u->ast.binds.n; i++) {
		const struct fact_bind *bind = &u->ast.binds.v[i];

		buf_printf(&b, "%s -> %s%s%s\n", bind->symbol, bind->slot ? bind->slot : "?",
			   bind->within ? " in " : "", bind->within ? bind->within : "");
	}
	text = arena_strdup(&u->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static inline const char *unit_flows(struct unit *u)
{
	struct buf b = {0};
	const char *text;

	for (size_t i = 0; i < u->ast.flows.n; i++) {
		const struct fact_flow *f = &u->ast.flows.v[i];

		buf_printf(&b, "%s%s%s -> %s%s%s\n", flow_kind_name(f->kind), f->from ? " " : "",
			   f->from ? f->from : "", f->to, f->within ? " in " : "",
			   f->within ? f->within : "");
	}
	text = arena_strdup(&u->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

/* Symbol and object of every bind. */
static inline const char *unit_bind_objects(struct unit *u)
{
	struct buf b = {0};
	const char *text;

	for (size_t i = 0; i < u->ast.binds.n; i++)
		buf_printf(&b, "%s %s\n", u->ast.binds.v[i].symbol,
			   u->ast.binds.v[i].object ? u->ast.binds.v[i].object : "-");
	text = arena_strdup(&u->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static inline void expect_calls(const char *source, const char *calls)
{
	struct unit u;

	unit_read(&u, source);
	assert_string_equal(unit_calls(&u), calls);
	unit_close(&u);
}

static inline void expect_binds(const char *source, const char *binds)
{
	struct unit u;

	unit_read(&u, source);
	assert_string_equal(unit_binds(&u), binds);
	unit_close(&u);
}

static inline void expect_flows(const char *source, const char *flows)
{
	struct unit u;

	unit_read(&u, source);
	assert_string_equal(unit_flows(&u), flows);
	unit_close(&u);
}

static inline const struct ast_func *unit_func(struct unit *u, const char *name)
{
	for (size_t i = 0; i < u->ast.funcs.n; i++)
		if (!strcmp(u->ast.funcs.v[i].name, name))
			return &u->ast.funcs.v[i];
	return NULL;
}

static inline const struct ast_local *unit_local(struct unit *u, const char *name)
{
	for (size_t i = 0; i < u->ast.locals.n; i++)
		if (!strcmp(u->ast.locals.v[i].name, name))
			return &u->ast.locals.v[i];
	return NULL;
}

#endif
