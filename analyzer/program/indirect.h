/* Candidates of indirect calls. For use by program/ only. */
#ifndef STACKCHECK_PROGRAM_INDIRECT_H
#define STACKCHECK_PROGRAM_INDIRECT_H

#include "program/symbols.h"

struct candidate {
	uint32_t func; /* or NO_ID */
	const char *symbol; /* a function outside the scanned units; NULL with func */
};

struct candidate_link {
	struct candidate candidate;
	const char *slot; /* NULL in the chains by signature */
	uint32_t next; /* link, or NO_ID */
};

/* Functions by the slot they were put into, and address-taken functions by signature. */
struct indirect {
	struct arena arena;
	struct map slots; /* slot, its indices left out -> first link + 1 */
	struct map signatures; /* signature -> first link + 1 */
	VEC(struct candidate_link) links;
};

/* Reads the binds of all units. `taken` (by function) is set for every function whose address is taken. */
void indirect_init(struct indirect *x, const struct symbols *s, bool *taken);

/*
 * Walks the candidates of a slot or of a signature: `link` starts as indirect_by_...() and becomes NO_ID behind the last
 * one. An element of an array meets equal indices and those that are not known ("[]").
 */
uint32_t indirect_by_slot(const struct indirect *x, const char *slot);
uint32_t indirect_by_signature(const struct indirect *x, const char *signature);
bool indirect_next(const struct indirect *x, const char *slot, uint32_t *link,
		   struct candidate *out);

/* Evidence that an equal slot of this kind is. */
enum evidence indirect_slot_evidence(const char *slot);

void indirect_release(struct indirect *x);

#endif
