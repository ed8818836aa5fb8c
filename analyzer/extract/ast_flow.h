/*
 * Where function pointers, and pointers to tables of them, move inside a unit. For use by the ast_*.c files only.
 *
 *   ast_types.c    which types matter; records seen through casts and unions
 *   ast_values.c   values of one expression: a tree of `?:`, casts and blocks down to what it reads
 *   ast_members.c  the object, or the pointer, that a member belongs to
 *   ast_moves.c    a value goes into a place: binds and edges
 *   ast_bytes.c    asm statements, argument lists, memcpy()
 *   ast_args.c     arguments of calls
 *   ast_graph.c    nodes and edges of a unit
 *   ast_solve.c    follows locals, and writes what is left as flows
 *   ast_carriers.c void * and integers: between which of them function pointers may move
 */
#ifndef STACKCHECK_EXTRACT_AST_FLOW_H
#define STACKCHECK_EXTRACT_AST_FLOW_H

#include "extract/ast_internal.h"

/* What a value of some type can lead to. */
enum type_class {
	CLASS_NONE,
	CLASS_FUNCTION, /* a pointer to a function */
	CLASS_TABLE, /* a pointer to a record that is a table of function pointers */
	CLASS_CARRIER, /* void * and integers of its size: may hold a function pointer in disguise */
	CLASS_RECORD, /* a record, by value, with function pointers in it */
};

struct type_info {
	enum type_class class;
	int level; /* pointers and arrays around it: 1 for a pointer to, or an array of, function pointers */
	bool to_record; /* CLASS_NONE, CLASS_TABLE: a pointer to a record, */
	bool has_functions; /* which has function pointers in it */
};

/* A value that an expression may have. */
struct value {
	enum source_kind kind;
	CXCursor expr; /* where the search ended: a reference, a member, a call, a literal */
	struct func_info *func; /* SOURCE_FUNC */
	struct place place; /* SOURCE_PLACE */
	struct type_info info; /* of what is read, by the place's own type and not by casts */
	bool address; /* it is the address of the place */
};

enum { MAX_VALUES = 32 };

struct values {
	struct value v[MAX_VALUES];
	unsigned n;
};

/* What a member is a part of. */
struct member_base {
	CXCursor object; /* the variable that it lies in; or null */
	CXCursor pointer; /* the pointer that leads to its record; or null */
};

#define NO_NODE UINT32_MAX

/* What is found out about carriers; bits of flow_node.marks. */
enum carrier_mark {
	CARRIER_FILLED, /* a function gets in */
	CARRIER_USED, /* it is used as a function */
	CARRIER_ARRIVES, /* other units put something in */
	CARRIER_LEAVES, /* other units may take something out */
};

/* A slot, or an object. */
struct flow_node {
	struct place place;
	const char *slot; /* NULL: a local that has not been named yet */
	bool local; /* an automatic variable, or an element of what it points to */
	bool carrier;
	bool functions; /* takes functions by name */
	bool open; /* takes values without a name */
	bool written; /* something is stored there other than by being tied to another place */
	bool live; /* what it holds is called, passed on or seen by other units */
	bool called; /* a call goes through it */
	uint8_t marks; /* 1u << enum carrier_mark */
	bool alone; /* the only node of its variable */
	uint32_t
		source; /* the one node that everything in it comes from; itself: several; NO_NODE: none */
	bool source_object; /* `source` is an object whose address it holds */
	uint32_t first_in, first_out; /* edges */
	uint32_t sibling; /* the next node of the same variable */
};

struct flow_edge {
	uint32_t from, to; /* nodes; from is NO_NODE for FLOW_OPEN */
	uint32_t next_in, next_out;
	enum flow_kind kind;
	bool tie; /* between what two pointers point to */
	bool back; /* the other direction of a tie: counts when something is stored through `from` */
	bool off; /* does not count */
	const char *within;
	CXSourceLocation at;
};

enum use_kind { USE_SLOT, USE_VIA, USE_ARG };

/* A text of a call, or an argument, that waits for its node to be followed. */
struct flow_use {
	enum use_kind kind;
	size_t index; /* into ast.calls or ast.args */
	uint32_t node;
};

enum { MOVED_UP = 1, MOVED_DOWN = 2 };

/* The number of a parameter, to be believed unless the function changes it. */
struct param_use {
	size_t arg; /* into ast.args */
	const void *param; /* its declaration's key */
	uint32_t node; /* its slot, when that matters; or NO_NODE */
};

struct flow_graph {
	VEC(struct flow_node) nodes;
	VEC(struct flow_edge) edges;
	VEC(struct flow_use) uses;
	VEC(struct param_use) params;
	struct map by_slot, by_local; /* -> node + 1 */
	struct ptr_map siblings; /* local variable -> its latest node + 1 */
	struct ptr_map types; /* CXType -> packed struct type_info */
	struct ptr_map counts; /* record -> packed counts of members */
	struct ptr_map bound; /* references of functions whose place is known */
	struct ptr_map literals; /* compound literal -> struct place * that it goes to */
	struct ptr_map changed; /* parameters that their function changes, and how often */
	struct ptr_map moved; /* parameters that a test changes by one: MOVED_UP, MOVED_DOWN */
	struct ptr_map tied, mixed; /* unions, records: done already */
	struct map tied_pairs; /* pairs of records */
	int64_t pointer_bytes;
};

/* ast_types.c */
struct type_info type_info(struct walk *w, CXType t);
void types_cast(struct walk *w, CXCursor cast); /* from one record to another one */
void types_copy(struct walk *w, CXCursor at, CXType to, CXType from); /* bytes of one to another */
void types_union(struct walk *w, CXCursor field); /* a member was reached: of a union? */
bool types_same_record(CXType a, CXType b); /* behind all pointers and arrays */
void types_mix(struct walk *w, CXCursor at, CXType type); /* a record, or a pointer to one */

/* ast_values.c */
void values_of(struct walk *w, CXCursor expr, struct values *out);
bool is_va_list(struct walk *w, CXCursor expr);
bool is_exchange(
	const struct func_info *f); /* puts its second argument where the first one leads to */

/* ast_members.c */
struct member_base member_base(CXCursor expr); /* of a member, variable or element */
CXCursor pointed_object(CXCursor pointer); /* the variable that it leads to, or null */
CXCursor strip_expr(CXCursor expr); /* parentheses, casts, implicit conversions */

/* ast_moves.c */
void move_assigned(struct walk *w, CXCursor target, CXCursor value);
void move_initial(struct walk *w, CXCursor var, CXCursor value);
void move_returned(struct walk *w, CXCursor value); /* by the current function */
bool move_is_pointer(enum type_class class); /* to a function or a table */
struct place move_elements_of(struct place p, int level); /* `level` pointers down */
void move_value(struct walk *w, const struct place *to, CXCursor object, CXType type,
		CXCursor value);
void move_values(struct walk *w, const struct place *to, struct type_info info, CXCursor at,
		 const struct values *values);
void move_address(struct walk *w, CXCursor address_of); /* `&x` */
void move_out(struct walk *w, const struct values *values, CXCursor at);

/* ast_bytes.c */
void move_asm(struct walk *w, CXCursor operand);
void move_atomic(struct walk *w, CXCursor pointer, CXCursor value); /* to where it leads */
void move_list(struct walk *w, const struct func_info *callee, CXCursor arg); /* a va_list */
void move_bytes(struct walk *w, CXCursor to, CXCursor from);

/* ast_args.c */
void arg_pass(struct walk *w, const struct node *call, CXCursor arg, uint32_t position);
void arg_indirect_call(struct walk *w, size_t call, CXCursor callee); /* slot, via, object */
void arg_asm_call(struct walk *w, const struct place *slot, CXCursor operand);
void arg_changes(struct walk *w, CXCursor target); /* assigned, counted or given away */

/* ast_graph.c */
uint32_t graph_node(struct walk *w, const struct place *p, bool carrier); /* NO_NODE: no name */
uint32_t graph_object(struct walk *w, CXCursor var);
const char *graph_slot(struct walk *w, uint32_t node);
void graph_edge(struct walk *w, enum flow_kind kind, uint32_t from, uint32_t to, CXCursor at);
void graph_tie(struct walk *w, uint32_t from, uint32_t to, bool both, CXCursor at);
void graph_release(struct flow_graph *g);

/* ast_solve.c */
void graph_solve(struct walk *w); /* at the end of the unit */

#endif
