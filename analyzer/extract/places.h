/*
 * Where machine code comes from: source positions, inlined functions, variables in memory; out of DWARF. For use by
 * extract/ only.
 */
#ifndef STACKCHECK_EXTRACT_PLACES_H
#define STACKCHECK_EXTRACT_PLACES_H

#include "base/buf.h"
#include "extract/object.h"
#include "facts/facts.h"

struct place {
	const char *file; /* absolute, as the line table has it; NULL: not known */
	uint32_t line, column;
	const char *within; /* innermost inlined function, or NULL: the function itself */
};

/* A variable that lives in memory at a fixed distance from its function's frame base. */
struct place_variable {
	uint64_t function; /* address of the function it lies in: object_place() of its start */
	bool always; /* there is one place for all of its life, not a list of them */
	bool partly; /* its beginning lies there; the rest may be elsewhere, or nowhere */
	enum place_base { BASE_CFA, BASE_SP, BASE_FP } base; /* what the offset counts from */
	int64_t offset;
	const char *name;
	const char *declared_in; /* source name of the declaring function */
	const char *file; /* of the declaration */
	uint32_t line;
};

struct places;

/* Reads the object's DWARF; an object without any gives places that know nothing. Strings live in the object's arena. */
struct places *places_open(struct object *o, struct error *err);

/* Position of the instruction at a place of the object. */
struct place places_find(const struct places *p, uint32_t section, uint64_t offset);

/* Appends where the innermost inlined function of a place was inlined, from the inside out: "G:120:9<F:45:3". Nothing when
   the code is no inlined one's. */
void places_chain(const struct places *p, uint32_t section, uint64_t offset, struct buf *out);

/* All variables, by function, in the order of the DWARF. */
const struct place_variable *places_variables(const struct places *p, size_t *n);

/* The type of a variable. */
struct place_type {
	const char *name; /* as C spells it; NULL: cannot be said */
	int64_t bytes; /* BYTES_UNKNOWN: not constant, or not said */
	bool aggregate; /* array, structure or union */
};

/* Of variable i of places_variables(). */
struct place_type places_type(struct places *p, size_t i);

/* What the DWARF says made the code, as the compiler spells it; NULL: it does not say. */
const char *places_producer(const struct places *p);

/* Was a function of this name inlined anywhere in the unit? */
bool places_has_inlined(const struct places *p, const char *name);

void places_close(struct places *p);

#endif
