/* Which function of one run is which of the other. For use by snapshot/ only. */
#ifndef STACKCHECK_SNAPSHOT_MATCH_H
#define STACKCHECK_SNAPSHOT_MATCH_H

#include "snapshot/diff.h"

/* Fills to_after, to_before and moves of a diff whose two snapshots are set. */
void match_functions(struct diff *d);

/* Fills findings and their totals; needs the matches of the functions. */
void match_findings(struct diff *d);

struct inlining_link {
	uint32_t host;
	uint32_t next; /* index + 1; 0: the last one */
};

/* Functions that one side has as such and the other has inside others: by the source's name. Zero-initialise. */
struct inlining {
	struct map after_hosts; /* source name -> index + 1 of a link: hosts that are new */
	struct map before_hosts; /* hosts that were, and are no more */
	VEC(struct inlining_link) links;
};

/* Needs the matches. */
void inlining_find(struct inlining *in, const struct diff *d);

/* The function of the after side that took in `before`, or NO_ID; of the before side that `after` was part of. */
uint32_t inlining_into(const struct inlining *in, const struct diff *d, uint32_t before);
uint32_t inlining_out_of(const struct inlining *in, const struct diff *d, uint32_t after);

void inlining_release(struct inlining *in);

#endif
