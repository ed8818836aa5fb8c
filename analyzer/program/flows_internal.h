/*
 * What the flows*.c files share. For use by program/flows*.c only.
 *
 *   flows.c           the steps; entry points
 *   flows_slots.c     the names of slots -> numbered slots; which slots of arrays meet
 *   flows_collect.c   the facts of all units -> slots, copies, values held
 *   flows_graph.c     slots -> nodes, edges, flags: who can write where
 *   flows_sets.c      solves the graph
 *   flows_calls.c     arguments and results of calls through pointers
 *   flows_targets.c   targets of a call, by slot or by signature
 *   flows_filter.c    members of tables told apart by the table
 *   flows_context.c   targets of a call through a parameter, at the place where it was inlined
 */
#ifndef STACKCHECK_PROGRAM_FLOWS_INTERNAL_H
#define STACKCHECK_PROGRAM_FLOWS_INTERNAL_H

#include "program/flows.h"
#include "program/flows_sets.h"

enum slot_kind { SLOT_FIELD, SLOT_VAR, SLOT_LOCAL, SLOT_PARAM, SLOT_RETURN };

/* Number of "param:F#...": all arguments behind the named ones. */
#define VARIADIC_PARAM (NO_ID - 1)

/* What keeps a set from being all there is. */
enum slot_flag {
	/* Values flow in that have no name: they may be anything. */
	SLOT_OPEN = 1,
	/* Code outside the scanned units may write: what it knows of its own, or was given. */
	SLOT_OUTSIDE = 2,
};

struct slot {
	const char *text;
	const char *owner; /* interned source name of the function: local, param, return; or NULL */
	uint32_t unit; /* names of a unit are its own; NO_ID: the same slot in all units */
	uint32_t number; /* of the parameter */
	uint32_t name; /* slots of equal text */
	uint32_t group; /* of array elements that may meet; NO_ID: none */
	uint32_t next; /* in its group; NO_ID */
	uint32_t callee; /* of "param:(SLOT)#N" and "return:(SLOT)": SLOT; NO_ID */
	/* Nodes: what is written, what is written to members of named objects, what is read without those, and with. */
	uint32_t in, tagged, plain, full;
	uint8_t kind; /* enum slot_kind */
	uint8_t flags; /* of its own: enum slot_flag */
	uint8_t mask; /* dimensions whose index is not known */
	uint32_t indices; /* where they begin in text */
	bool is_private; /* all code that can name it is scanned */
	bool is_array;
	bool is_object; /* a record or an array of records, used by its name */
	bool is_read;
	bool has_tags; /* members of named objects are held: `tagged` and `full` are nodes of their own */
	bool leaks; /* of an object: copied as a whole to a place that is not a named object */
	bool contents_escape; /* of an object: its members may be read in one that escapes */
	bool escapes; /* of an object: code outside the scanned units may know its address. Of a
	                 parameter: it belongs to such code */
};

struct slot_name {
	uint32_t last; /* newest slot of the name */
};

struct slot_group {
	uint32_t first, last; /* slots */
	uint32_t last_unit;
	bool split; /* known and unknown indices: what is written is not what is read */
	bool is_read, has_tags;
};

/* What slot `from` holds also gets into slot `to`. */
struct copy {
	uint32_t from, to;
	const char *within; /* interned; NULL: an initialiser */
};

/* A function or the address of an object that is put into a slot. */
struct held {
	uint32_t slot, value;
	uint32_t object; /* slot of the named object whose member it is; NO_ID */
	const char *within;
};

/* Values of held.value; dense ones (flows_value()) are used in sets. */
#define VALUE_EXTERNAL (1u << 30)
#define VALUE_OBJECT   (1u << 31)

struct signature {
	uint32_t first, last, n; /* functions, chained by flows.same_signature */
};

/* What a query collects: a set, or one value, and the parameter of the query's function that it came in through. */
struct piece {
	uint32_t set; /* NO_ID: the value */
	uint32_t value; /* dense */
	uint32_t param; /* NO_ID: some other way */
};

struct visit {
	uint32_t slot, level;
};

/* One question, and room to work in that is kept for the next one. */
struct query {
	uint32_t func, unit;
	VEC(const char *) levels; /* functions around the call, from the inside out; interned */
	VEC(struct piece) pieces;
	VEC(struct visit) visits;
	uint8_t flags; /* of all that was read */
	uint32_t param; /* parameter of the function that was read; NO_ID */
	struct sets_reader reader;
	struct marks seen; /* by dense value: it is among the targets */
	uint32_t *at; /* by dense value: where */
	struct marks allowed; /* by slot: objects whose members count */
	bool allow_escaped; /* and those that code outside knows */
};

struct flows {
	const struct symbols *symbols;
	struct arena arena;
	struct intern names; /* of functions */
	const char *by_pointer; /* `within` of what calls through pointers pass */
	struct map slot_names; /* text -> name + 1 */
	struct map places; /* text with indices dropped -> place + 1 */
	VEC(struct slot_name) by_name;
	VEC(uint32_t) last_group; /* by place */
	VEC(struct slot) slots;
	VEC(struct slot_group) groups;
	uint32_t *name_slots, *first_of_name; /* slots of a name, by unit */
	struct map func_slots; /* struct func_key -> slot + 1 */
	VEC(struct copy) copies;
	VEC(struct held) held;
	uint32_t *first_copy, *first_held; /* by target slot */
	bool has_loose_copies; /* whole objects are copied to places without an object's name */
	VEC(const char *) externals;
	struct map external_ids; /* symbol -> id + 1 */
	struct map taken_statics; /* struct func_key */
	struct map signatures; /* -> index into signature_list + 1 */
	VEC(struct signature) signature_list;
	uint32_t *same_signature; /* by function; NO_ID */
	struct set_graph graph;
	struct sets sets;
	struct query *query; /* room to work in */
};

struct func_key {
	const char *owner; /* interned */
	uint32_t unit, number; /* NO_ID: of a function that all units see; of what it returns */
};

/* flows_slots.c */
uint32_t flows_add_slot(struct flows *x, uint32_t unit, const char *text);
uint32_t flows_add_object(struct flows *x, uint32_t unit, const char *text);
uint32_t flows_find_slot(const struct flows *x, uint32_t unit, const char *text); /* or NO_ID */
uint32_t flows_find_object(const struct flows *x, uint32_t unit, const char *text); /* or NO_ID */
const char *flows_known_name(const struct flows *x, const char *name); /* interned, or NULL */
/* What a pointer in parameter `number` leads to. */
#define ELEMENTS_OF(number) ((number) | 1u << 30)

/* Parameter `number` of a function (ELEMENTS_OF(number): the first slot of what it points to), or what it returns (NO_ID),
   without an index. `name` in `unit`; or NO_ID. */
uint32_t flows_func_slot(const struct flows *x, uint32_t unit, const char *name, uint32_t number);
uint32_t flows_target_slot(const struct flows *x, uint32_t func, uint32_t number);
bool flows_slots_meet(const struct slot *a, const struct slot *b); /* of one group */
void flows_index_names(struct flows *x);

/* flows_collect.c */
void flows_collect(struct flows *x, bool *taken);
void flows_index_entries(struct flows *x); /* sorts copies and held by target slot */
uint32_t flows_value(const struct flows *x, uint32_t value); /* dense */

/* flows_graph.c */
void flows_build_graph(struct flows *x, const bool *taken);
void flows_mark_escapes(struct flows *x);
static inline uint32_t flows_set(const struct flows *x, uint32_t node)
{
	return x->sets.of_node[node];
}

/* flows_calls.c */
void flows_solve_calls(struct flows *x);

/* flows_context.c: adds pieces of what `slot` holds for the query at hand; `plain`: without members of named objects. */
void flows_add_pieces(const struct flows *x, uint32_t slot, bool plain);

/* flows_filter.c: tables told apart. Prepares the query for the call; false: nothing is known of its table. */
bool flows_filter(const struct flows *x, const struct fact_call *call);
void flows_add_members(const struct flows *x, uint32_t slot); /* of the objects that are allowed */
/* Values of the pieces that came in through `param`, in query.reader.out. */
void flows_read_pieces(const struct flows *x, uint32_t param);

#endif
