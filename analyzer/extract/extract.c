#include "extract/extract.h"

#include "base/file.h"
#include "base/text.h"
#include "extract/ast.h"
#include "extract/check_su.h"
#include "extract/codegen.h"
#include "extract/image.h"
#include "extract/reconcile.h"
#include "extract/shipped.h"

#include <stdlib.h>
#include <string.h>

/* One unit, step by step: the AST, the object, the code, their reconciliation. */

const char *extract_compiler_version(void)
{
	return "clang " LLVM_VERSION;
}

static void copy_problems_and_inputs(const struct ast *ast, struct facts *f)
{
	for (size_t i = 0; i < ast->problems.n; i++)
		*vec_push(&f->problems) = arena_strdup(&f->arena, ast->problems.v[i]);
	for (size_t i = 0; i < ast->inputs.n; i++)
		/* An empty -include is spelled so; it has no content to change. */
		if (strcmp(ast->inputs.v[i], "/dev/null"))
			*vec_push(&f->inputs) = arena_strdup(&f->arena, ast->inputs.v[i]);
}

/* Bytes that a call pushes, for a unit without an object to ask. */
static uint32_t entry_bytes_of(const char *triple)
{
	if (str_starts(triple, "x86_64") || str_starts(triple, "amd64"))
		return 8;
	return triple[0] == 'i' && triple[1] && !strncmp(triple + 2, "86", 2) ? 4 : 0;
}

/* The line of the log that says what went wrong, for a unit that libclang takes and clang refuses. */
static const char *error_line(struct arena *a, const char *log)
{
	static const char *const marks[] = {"LLVM ERROR:", "error: ", "ERROR:"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		const char *at = strstr(log, marks[i]);

		if (!at)
			continue;
		while (at > log && at[-1] != '\n')
			at--;
		return arena_strndup(a, at, strcspn(at, "\n"));
	}
	return NULL;
}

static void estimate(const struct job *job, const struct ast *ast, const struct codegen *code,
		     struct facts *f)
{
	f->status = UNIT_ESTIMATED;
	if (!f->problems.n) {
		const char *error = error_line(&f->arena, code->log);

		*vec_push(&f->problems) = arena_printf(&f->arena, "%s%s%s", code->failure,
						       error ? ": " : "", error ? error : "");
	}
	reconcile_estimate(ast, entry_bytes_of(job->target), f);
	reconcile_source(ast, NULL, f);
	/* Address-taken marks as for measured units. */
	for (size_t i = 0; i < f->funcs.n; i++)
		for (size_t k = 0; k < f->binds.n && !f->funcs.v[i].address_taken; k++)
			f->funcs.v[i].address_taken =
				!strcmp(f->funcs.v[i].symbol, f->binds.v[k].symbol);
}

/* Frames, calls and parts of a unit out of an object. `code` is our clang's run that made it, or NULL. */
static int measure(const struct job *job, const struct ast *ast, struct object *object,
		   const struct codegen *code, struct facts *f, struct error *err)
{
	struct machine machine = {0};
	struct layout layout = {0};
	struct places *places = NULL;
	int rc = -1;

	if (!machine_read(object, job->target, object_features(object->arch), &machine, err) &&
	    (places = places_open(object, err))) {
		struct reconcile_input in = {job,
					     ast,
					     object,
					     &machine,
					     places,
					     &layout,
					     code ? ORIGIN_RECOMPILED : ORIGIN_SHIPPED};

		if (code) {
			layout_read(&layout, &object->arena, code->log);
			layout_read_usage(&layout, &object->arena, code->usage);
		} else {
			f->compiler = shipped_compiler(object, places, &f->arena);
		}
		reconcile(&in, f);
		reconcile_source(ast, object, f);
		rc = 0;
	}
	if (places)
		places_close(places);
	layout_release(&layout);
	machine_release(&machine);
	return rc;
}

/* Our clang's object. */
static int recompile(const struct job *job, const char *scratch, const struct ast *ast,
		     struct arena *arena, struct facts *f, struct error *err)
{
	struct codegen code = {0};
	struct object object = {0};
	struct buf bytes = {0};
	int rc = ast->status == UNIT_OK ? codegen_run(job, scratch, arena, &code, err) : 0;

	if (!rc && ast->status == UNIT_OK && code.object) {
		rc = file_read(code.object, 0, &bytes, err) ||
		     object_read(&object, bytes.data, bytes.len, code.object, err) ||
		     measure(job, ast, &object, &code, f, err);
		object_release(&object);
		buf_release(&bytes);
	} else if (!rc) {
		estimate(job, ast, &code, f);
	}
	return rc ? -1 : 0;
}

/* The object of the user's own build. False, with f->object_note set: it cannot be used. */
static bool read_shipped(const struct job *job, const struct ast *ast, struct facts *f)
{
	struct shipped shipped = {0};
	struct error err = {0};

	f->object_note = shipped_open(&shipped, job, f->inputs.v, f->inputs.n, &f->arena);
	if (!f->object_note && measure(job, ast, &shipped.object, NULL, f, &err))
		f->object_note = arena_strdup(&f->arena, err.text);
	if (shipped.read)
		*vec_push(&f->inputs) = arena_strdup(&f->arena, job->object);
	shipped_release(&shipped);
	return !f->object_note;
}

void *extract_tools_open(void)
{
	return machine_tools_open();
}

void extract_tools_close(void *tools)
{
	machine_tools_close(tools);
}

int extract_unit(const struct job *job, const char *scratch, void *tools, struct facts *f,
		 struct error *err)
{
	struct arena arena = {0};
	struct ast ast = {0};
	int rc = 0;

	f->unit = arena_strdup(&f->arena, job->unit);
	f->module = job->module ? arena_strdup(&f->arena, job->module) : NULL;
	f->target = arena_strdup(&f->arena, job->target);
	if (job->object_only)
		return image_read(job, tools, f, err);
	f->compiler = extract_compiler_version();
	f->status = UNIT_OK;
	if (ast_read(job, &arena, &ast, err)) {
		arena_release(&arena);
		return -1;
	}
	copy_problems_and_inputs(&ast, f);
	if (job->frames == FRAMES_RECOMPILE || !read_shipped(job, &ast, f))
		rc = recompile(job, scratch, &ast, &arena, f, err);
	if (!rc && job->check_su)
		check_su(job, f);
	ast_release(&ast);
	arena_release(&arena);
	return rc;
}
