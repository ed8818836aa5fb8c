/*
 * One libclang parse of a job's source: arguments, errors, files that were read; then the walk.
 * Nothing is saved: code generated from a saved tree is silently wrong.
 */
#include "extract/ast_flow.h"
#include "base/file.h"
#include "base/text.h"

enum { MAX_PROBLEMS = 20 };

const char *ast_path(struct arena *a, const struct job *job, const char *path)
{
	return path_relative(job->root, path_absolute(a, job->directory, path));
}

/* clang's own headers stand beside its program: .../bin/clang -> .../lib/clang/19. */
static const char *resource_dir(struct arena *a)
{
	return arena_printf(a, "%s/lib/clang/%.*s", path_dir(a, path_dir(a, CLANG_PATH)),
			    (int)strcspn(LLVM_VERSION, "."), LLVM_VERSION);
}

static const char *parse_failure(enum CXErrorCode code)
{
	switch (code) {
	case CXError_Crashed: return "libclang crashed";
	case CXError_InvalidArguments: return "libclang refuses the arguments";
	case CXError_ASTReadError: return "libclang could not read the file";
	default: return "libclang could not start, which a wrong argument causes";
	}
}

static int parse(CXIndex index, const struct job *job, struct arena *a, CXTranslationUnit *unit,
		 struct error *err)
{
	const char **argv = arena_array(a, job->argc + 12, const char *);
	enum CXErrorCode code;
	int n = 0;

	argv[n++] = CLANG_PATH;
	for (size_t i = 0; i < job->argc; i++)
		argv[n++] = job->argv[i];
	argv[n++] = "-w";
	argv[n++] = "-ferror-limit=0";
	argv[n++] = "-working-directory";
	argv[n++] = job->directory;
	/* `#pragma clang __debug crash` is for clang's own tests. */
	argv[n++] = "-Xclang";
	argv[n++] = "-disable-pragma-debug-crash";
	argv[n++] = "-resource-dir";
	argv[n++] = resource_dir(a);
	code = clang_parseTranslationUnit2FullArgv(index, job->source, argv, n, NULL, 0,
						   CXTranslationUnit_KeepGoing, unit);
	if (code == CXError_Success && *unit)
		return 0;
	return error_set(err, "%s: %s; run the unit's own compile command to see why", job->unit,
			 parse_failure(code));
}

static void add_problem(struct walk *w, CXDiagnostic d)
{
	unsigned line = 0;
	const struct file_info *file =
		walk_file(w, clang_getDiagnosticLocation(d), &line, &(unsigned){0});
	const char *text = cx_string(w->arena, clang_getDiagnosticSpelling(d));

	*vec_push(&w->out->problems) = text_utf8(
		w->arena,
		file->path ? arena_printf(w->arena, "%s:%u: %s", file->path, line, text) : text);
}

static void read_problems(struct walk *w)
{
	unsigned n = clang_getNumDiagnostics(w->unit), errors = 0;

	for (unsigned i = 0; i < n; i++) {
		CXDiagnostic d = clang_getDiagnostic(w->unit, i);

		if (clang_getDiagnosticSeverity(d) >= CXDiagnostic_Error && errors++ < MAX_PROBLEMS)
			add_problem(w, d);
		clang_disposeDiagnostic(d);
	}
	if (errors > MAX_PROBLEMS)
		*vec_push(&w->out->problems) =
			arena_printf(w->arena, "and %u more", errors - MAX_PROBLEMS);
	w->has_errors = errors != 0;
	w->out->status = errors ? UNIT_ESTIMATED : UNIT_OK;
}

struct inclusions {
	struct walk *walk;
	struct ptr_map seen;
};

static void add_input(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
	struct inclusions *in = data;
	struct walk *w = in->walk;
	const char *name;
	bool made;

	(void)stack;
	(void)depth;
	ptr_map_put(&in->seen, file, &made);
	if (!made)
		return;
	name = cx_string(w->arena, clang_getFileName(file));
	if (*name)
		*vec_push(&w->out->inputs) = path_absolute(w->arena, w->job->directory, name);
}

static void read_inputs(struct walk *w)
{
	struct inclusions in = {.walk = w};

	clang_getInclusions(w->unit, add_input, &in);
	ptr_map_release(&in.seen);
}

/* Targets where C names reach the linker as they are written. */
static bool has_plain_symbols(const char *target)
{
	static const char *const decorated[] = {"windows", "mingw", "cygwin", "win32", "uefi",
						"darwin",  "apple", "macho",  "msvc",  "coff"};

	for (size_t i = 0; i < sizeof(decorated) / sizeof(decorated[0]); i++)
		if (strstr(target, decorated[i]))
			return false;
	return true;
}

static void walk_release(struct walk *w)
{
	ptr_map_release(&w->files);
	ptr_map_release(&w->spellings);
	ptr_map_release(&w->signatures);
	ptr_map_release(&w->funcs);
	ptr_map_release(&w->bases);
	ptr_map_release(&w->records);
	ptr_map_release(&w->seen);
	map_release(&w->by_name);
}

static int64_t pointer_bytes(CXTranslationUnit unit)
{
	CXTargetInfo target = clang_getTranslationUnitTargetInfo(unit);
	int bits = clang_TargetInfo_getPointerWidth(target);

	clang_TargetInfo_dispose(target);
	return bits / 8;
}

static void read_unit(const struct job *job, struct arena *a, CXTranslationUnit unit,
		      struct ast *out)
{
	struct flow_graph graph = {0};
	struct walk w = {
		.graph = &graph,
		.job = job,
		.arena = a,
		.out = out,
		.unit = unit,
		.plain_symbols = has_plain_symbols(job->target),
	};

	w.terse = clang_getCursorPrintingPolicy(clang_getTranslationUnitCursor(unit));
	clang_PrintingPolicy_setProperty(w.terse, CXPrintingPolicy_TerseOutput, 1);
	read_problems(&w);
	read_inputs(&w);
	graph.pointer_bytes = pointer_bytes(unit);
	walk_unit(&w);
	graph_solve(&w);
	graph_release(&graph);
	clang_PrintingPolicy_dispose(w.terse);
	walk_release(&w);
}

int ast_read(const struct job *job, struct arena *a, struct ast *out, struct error *err)
{
	CXTranslationUnit unit = NULL;
	CXIndex index;
	int rc;

	*out = (struct ast){0};
	if (!file_exists(job->source))
		return error_set(err,
				 "%s: the source %s does not exist; build the tree that makes it, "
				 "or renew the compile database",
				 job->unit, job->source);
	index = clang_createIndex(0, 0);
	/* A crash shall end the worker: its parent then knows the signal. */
	clang_toggleCrashRecovery(0);
	rc = parse(index, job, a, &unit, err);
	if (!rc)
		read_unit(job, a, unit, out);
	if (unit)
		clang_disposeTranslationUnit(unit);
	clang_disposeIndex(index);
	return rc;
}

void ast_release(struct ast *ast)
{
	vec_release(&ast->problems);
	vec_release(&ast->inputs);
	vec_release(&ast->funcs);
	vec_release(&ast->locals);
	vec_release(&ast->calls);
	vec_release(&ast->args);
	vec_release(&ast->binds);
	vec_release(&ast->flows);
	vec_release(&ast->aliases);
	vec_release(&ast->values);
	vec_release(&ast->guards);
	vec_release(&ast->annotations);
	map_release(&ast->signatures);
}
