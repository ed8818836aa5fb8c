/*
 * What the ast_*.c files share: one walk over one translation unit. For use by them only.
 *
 *   ast_read.c         parses, collects errors and inputs, starts the walk
 *   ast_walk.c         visits bodies and initialisers; finds calls
 *   ast_decls.c        names files, types and functions
 *   ast_attributes.c   attributes that libclang does not expose
 *   ast_slots.c        names the places where pointers live; defines what a slot is
 *   ast_init.c         replays initialiser lists
 *   ast_locals.c       measures local variables
 *   ast_flow.h         where function pointers move, and the files for it
 *   ast_uses.c         what local buffers are used for
 *   ast_declared.c     role types, structures by value
 *   ast_source.c       what only the text says: PAGED_CODE(), annotations in comments
 *   ast_guards.c       tests of remaining stack and of depths
 */
#ifndef STACKCHECK_EXTRACT_AST_INTERNAL_H
#define STACKCHECK_EXTRACT_AST_INTERNAL_H

#include "extract/ast.h"
#include "extract/clang_util.h"

/* A function of the unit, however often it is declared. Lives in the arena. */
struct func_info {
	CXCursor decl, definition; /* definition: a null cursor when there is none */
	const char *name, *symbol, *signature;
	const char *file; /* of a static function; NULL otherwise */
	enum linkage linkage;
	bool is_noreturn, queued;
	bool is_builtin; /* the compiler's own: makes no call in the object */
	bool is_unevaluated; /* its arguments are never computed (__builtin_constant_p) */
	bool is_alloca;
};

/* Where a function pointer lives; ast_slots.c turns it into the text of a slot. */
enum place_kind {
	PLACE_NONE,
	PLACE_DECL, /* a variable, parameter or field: decl */
	PLACE_PARAM, /* parameter `number` of func, seen from a call */
	PLACE_RETURN, /* what func returns */
	PLACE_CHOICE, /* what an expression (decl) of func gives that has several values */
	PLACE_CALLEE, /* parameter `number` of whatever call `call` reaches through its pointer */
};

enum { MAX_INDEX = 4, ANY_INDEX = -1 };

/* The number of a parameter that stands for all arguments behind the named ones. */
#define VARIADIC UINT32_MAX

struct place {
	enum place_kind kind;
	CXCursor decl;
	const struct func_info *func;
	uint32_t number;
	uint32_t n_index;
	int64_t index[MAX_INDEX]; /* as written from left to right; ANY_INDEX: not constant */
	size_t call; /* PLACE_CALLEE: into ast.calls */
	const char *callee; /* PLACE_CALLEE: the slot of its pointer; NULL until that is known */
};

/* What an expression's function pointer is. */
enum source_kind {
	SOURCE_UNKNOWN,
	SOURCE_NULL, /* the constant 0 */
	SOURCE_FUNC, /* a function's own address */
	SOURCE_PLACE, /* read from a place */
};

struct source {
	enum source_kind kind;
	struct func_info *func;
	struct place place;
};

/* Fields that an initialiser can reach, in order. Lives in the arena. */
struct record_field {
	CXCursor decl;
	CXType type; /* canonical */
};

struct record_info {
	struct record_field *fields;
	size_t n_fields;
	bool is_union;
};

/* One object on the way from the initialised object down to the current element. */
struct init_level {
	CXType type; /* canonical */
	const struct record_info *record; /* NULL for arrays and scalars */
	struct place where; /* of the object itself; not used for records */
	int64_t pos, count; /* current element; count: INT64_MAX for an open array */
	bool range; /* the current element stands for several ([a ... b]) */
};

enum { MAX_INIT_DEPTH = 16 };

/* An initialiser list that is being read. */
struct init {
	CXCursor object; /* the variable that it initialises; or null */
	struct init_level levels[MAX_INIT_DEPTH];
	unsigned depth; /* levels in use, at least 1 */
};

/* An element of an initialiser list: where it goes and the type it must have. */
struct init_element {
	struct place place;
	CXType type; /* canonical; kind CXType_Invalid when it is not known */
};

struct file_info {
	const char *path; /* as facts have it; NULL: no file */
	bool is_main;
};

struct slot_base {
	const char *text; /* NULL: has no name */
	const char *file; /* qualifies names that are private to a file; NULL otherwise */
	const char *plain; /* the whole slot when it has no index; made when first needed */
	uint32_t number; /* of a parameter, plus 1 */
};

/* What a node of the tree does with the values of its children. */
enum node_kind {
	NODE_OTHER, /* its value goes nowhere that has a name */
	NODE_PASS, /* its value is its child's */
	NODE_UNEXPOSED, /* an implicit conversion, or something with several children */
	NODE_CAST,
	NODE_CONDITIONAL,
	NODE_COMMA,
	NODE_GENERIC,
	NODE_ASSIGN,
	NODE_CALL,
	NODE_RETURN,
	NODE_VARIABLE,
	NODE_LITERAL, /* compound literal */
	NODE_LIST, /* initialiser list */
	NODE_DESIGNATED,
	NODE_ASM,
};

struct node {
	CXCursor cursor;
	enum node_kind kind;
	uint32_t n; /* children met, the current one included */
	CXCursor first; /* its first child */
	const void *value; /* key of the child that gives the value, when known */
	struct func_info *callee; /* NODE_CALL: called by name */
	size_t call; /* NODE_CALL: index into ast.calls, plus 1; 0: none */
	CXCursor argument; /* NODE_CALL: the first one */
	struct init_element element; /* NODE_LIST: what the current child initialises */
};

struct flow_graph;

struct walk {
	const struct job *job;
	struct arena *arena;
	struct ast *out;
	CXTranslationUnit unit;
	CXPrintingPolicy terse; /* prints declarations without bodies, with their attributes */
	bool plain_symbols; /* the target does not decorate C names */
	bool has_errors;
	/* Tables by pointer; values are pointers into the arena. */
	struct ptr_map files; /* CXFile -> struct file_info */
	struct ptr_map spellings; /* CXType -> const char * */
	struct ptr_map signatures; /* CXType -> const char *, attributes dropped */
	struct ptr_map funcs; /* declaration -> struct func_info */
	struct ptr_map bases; /* declaration -> struct slot_base */
	struct ptr_map records; /* declaration -> struct record_info */
	struct ptr_map seen; /* expressions and variables already handled */
	struct flow_graph *graph;
	struct map by_name; /* function's name -> CXCursor *; made when first needed */
	VEC(struct func_info *) queue; /* functions to visit */
	VEC(const struct func_info *) walked; /* by index into ast.funcs */
	struct ptr_map
		sources; /* files with bodies that were walked, and in the order of their walk: */
	VEC(CXFile) source_files;
	struct ptr_map
		buffers; /* local character array -> struct buffer_use; of the current function */
	VEC(struct node) stack;
	VEC(struct init) inits;
	const struct func_info *func; /* the current one; NULL: file scope */
	uint32_t func_index; /* into ast.funcs, when func */
};

/* ast_decls.c */
const struct file_info *walk_file(struct walk *w, CXSourceLocation location, unsigned *line,
				  unsigned *column);
struct fact_loc walk_loc(struct walk *w, CXSourceLocation location);
const char *walk_spelling(struct walk *w, CXType type); /* as written */
const char *walk_signature(struct walk *w, CXType function_type);
struct func_info *walk_function(struct walk *w, CXCursor function_decl);
const char *walk_declaration(struct walk *w, CXCursor decl); /* with its attributes */

/* ast_attributes.c */
void walk_alias(struct walk *w, CXCursor decl); /* when the declaration is one */
struct func_info *walk_cleanup(struct walk *w, CXCursor var); /* __attribute__((cleanup)) or NULL */

/* ast_slots.c */
const char *place_slot(struct walk *w, const struct place *p); /* NULL: has no name */
void place_add_index(struct place *p, int64_t index);
bool place_param_number(struct walk *w, CXCursor param, uint32_t *number); /* of its function */
const struct record_info *walk_record(struct walk *w, CXType record);

/* ast_values.c */
struct source resolve(struct walk *w, CXCursor expr);
CXType called_type(CXCursor callee); /* of the function behind a call's first child */
CXCursor called_function(CXCursor call, CXCursor callee); /* called by its plain name, or null */
bool is_binary_conditional(CXCursor expr, CXCursor *arms);

/* ast_init.c */
void init_open(struct walk *w, struct init *in, CXType type, const struct place *where);
struct init_element init_next(struct walk *w, struct init *in, CXCursor value);
struct init_element init_designated(struct walk *w, struct init *in, const CXCursor *children,
				    unsigned n);

/* ast_locals.c */
void local_declare(struct walk *w, CXCursor var);
void local_alloca(struct walk *w, CXCursor at); /* a call of it, in the current function */

/* ast_moves.c */
bool walk_is_unevaluated(struct walk *w, CXCursor leaf);
void walk_function_value(struct walk *w, CXCursor ref, CXCursor decl);

/* ast_uses.c */
void uses_declare(struct walk *w, CXCursor var, size_t local); /* index into ast.locals */
void uses_see(struct walk *w, CXCursor ref, CXCursor decl); /* a mention of a variable */
void uses_finish(struct walk *w); /* at the end of a function */

/* ast_declared.c, ast_source.c: what is known of a function beside its body */
void declared_function(struct walk *w, const struct func_info *f, uint32_t func);
void source_function(struct walk *w, const struct func_info *f, struct ast_func *out);
void source_annotations(struct walk *w);
/* Does the name speak of nesting, depth, recursion? `len` bytes. */
bool source_hints_at_counter(const char *word, size_t len);

/* ast_guard_funcs.c, ast_guards.c */
void guards_find(struct walk *w);
void guards_try(struct walk *w, CXCursor statement); /* a __try of the current function */

/* ast_walk.c */
void walk_enqueue(struct walk *w, struct func_info *f); /* visits its body later, once */
void walk_direct_call(struct walk *w, CXCursor at, struct func_info *callee);
void walk_unit(struct walk *w);

#endif
