/*
 * What the parent and a worker server say to each other. For use by pool.c, server.c and their tests.
 *
 * A frame is the payload's length (4 bytes, little endian), then the payload. The server greets with one frame, then
 * gets orders and answers each with one frame a unit. Numbers are little endian; a string is its length + 1 and its bytes, NULL
 * is a length of 0: any byte but NUL survives. Both readers are strict: the peer may have been taken over.
 */
#ifndef STACKCHECK_JOBS_WIRE_H
#define STACKCHECK_JOBS_WIRE_H

#include "base/arena.h"
#include "base/buf.h"
#include "input/job.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	WIRE_HEADER = 4,
	WIRE_ORDER_MAX = 64 << 20, /* bytes of an order's payload */
	WIRE_ANSWER_MAX = 256, /* bytes of a greeting or an answer */
};

struct limits {
	unsigned timeout_seconds, cpu_seconds, memory_mib;
};

/* Units for a server, which one process of it may do one after the other. */
struct order {
	const struct job *jobs;
	size_t n; /* at least 1 */
	const char
		*scratch; /* private directory of these units, absolute; unit i has <scratch>/<i> */
	struct limits limits; /* of one unit */
};

/* How a unit ended: its process, or for one of several units what its process said of it. Units are answered in order. */
struct answer {
	int32_t status; /* as from waitpid() */
	bool timed_out; /* the server's watchdog killed it */
	int64_t peak_kib; /* largest resident set of it or of its compiler */
	int64_t cpu_usec; /* of it and its compiler */
	/* Where its facts are: in the file of the order's unit that its process began with, to the end for 0 bytes. */
	int64_t facts_of, facts_at, facts_bytes;
};

/* The server's greeting: another version of the program is refused. */
const char *wire_greeting(void);

/* Appends a frame. */
void wire_put(struct buf *out, const void *payload, size_t len);
void wire_put_order(struct buf *out, const struct order *o);
void wire_put_answer(struct buf *out, const struct answer *a);

/* Is there a whole frame at the front of `in`? 1: yes, its payload is in[WIRE_HEADER .. WIRE_HEADER + *len);
   0: not yet; -1: it is longer than `max`. */
int wire_frame(const struct buf *in, size_t max, size_t *len);

/* Read a payload; -1 when it is malformed. The order's strings are copied into the arena. */
int wire_get_order(struct arena *a, const char *payload, size_t len, struct order *o);
int wire_get_answer(const char *payload, size_t len, struct answer *a);

#endif
