#include "extract/extract.h"

#include "base/file.h"
#include "base/text.h"
#include "extract/ast.h"
#include "extract/codegen.h"
#include "extract/reconcile.h"

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
	/* Address-taken marks as for measured units. */
	for (size_t i = 0; i < f->funcs.n; i++)
		for (size_t k = 0; k < f->binds.n && !f->funcs.v[i].address_taken; k++)
			f->funcs.v[i].address_taken =
				!strcmp(f->funcs.v[i].symbol, f->binds.v[k].symbol);
}

/* LLVM's name for what the disassembler must know beyond the triple. */
static const char *features_of(enum arch arch)
{
	switch (arch) {
	case ARCH_RISCV64: return "+m,+a,+f,+d,+c,+v,+zba,+zbb,+zbs,+zicsr,+zifencei";
	case ARCH_AARCH64: return "+all";
	case ARCH_X86_64:
	case ARCH_I386:
	case ARCH_ARM: return "";
	}
	return "";
}

static int measure(const struct job *job, const struct ast *ast, const struct codegen *code,
		   struct facts *f, struct error *err)
{
	struct buf bytes = {0};
	struct object object = {0};
	struct machine machine = {0};
	struct layout layout = {0};
	struct places *places = NULL;
	int rc = -1;

	if (!file_read(code->object, 0, &bytes, err) &&
	    !object_read(&object, bytes.data, bytes.len, code->object, err) &&
	    !machine_read(&object, job->target, features_of(object.arch), &machine, err) &&
	    (places = places_open(&object, err))) {
		struct reconcile_input in = {job, ast, &object, &machine, places, &layout};

		layout_read(&layout, &object.arena, code->log);
		reconcile(&in, f);
		rc = 0;
	}
	if (places)
		places_close(places);
	layout_release(&layout);
	machine_release(&machine);
	object_release(&object);
	buf_release(&bytes);
	return rc;
}

int extract_unit(const struct job *job, const char *scratch, struct facts *f, struct error *err)
{
	struct arena arena = {0};
	struct ast ast = {0};
	struct codegen code = {0};
	int rc = 0;

	f->unit = arena_strdup(&f->arena, job->unit);
	f->module = job->module ? arena_strdup(&f->arena, job->module) : NULL;
	f->target = arena_strdup(&f->arena, job->target);
	f->compiler = extract_compiler_version();
	f->status = UNIT_OK;
	if (ast_read(job, &arena, &ast, err)) {
		arena_release(&arena);
		return -1;
	}
	copy_problems_and_inputs(&ast, f);
	if (ast.status == UNIT_OK)
		rc = codegen_run(job, scratch, &arena, &code, err);
	if (!rc && ast.status == UNIT_OK && code.object)
		rc = measure(job, &ast, &code, f, err);
	else if (!rc)
		estimate(job, &ast, &code, f);
	ast_release(&ast);
	arena_release(&arena);
	return rc;
}
