/*
 * same-queue-post: a work routine queues work to its own queue and waits for it.
 *
 * Why: all threads of the queue can be in that wait, and none is left to run what they wait for. Mend: do the work in the routine itself, or
 * queue it elsewhere.
 */
#include "base/mem.h"
#include "rules/called.h"
#include "rules/rule.h"
#include "rules/words.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
	"A routine that runs in a system work queue, or what it calls, posts another item\n"
	"to the same queue and waits for an event.\n"
	"\n"
	"Why it matters: a work queue has a limited number of threads. When all of them\n"
	"wait for items that stand in the same queue, nothing moves any more. It shows\n"
	"under load only. The usual way into it is a stack check that posts to a worker\n"
	"and is also reached from a worker.\n"
	"\n"
	"How to mend it:\n"
	"  - A worker starts on an empty stack: when the routine is already on one, do the\n"
	"    work there instead of posting it.\n"
	"  - Don't wait: let the queued routine go on with the request.\n"
	"  - Post to a queue or a thread of one's own.\n";

enum { N_TYPES = 3 }; /* of WORK_QUEUE_TYPE: critical, delayed, hypercritical */

static const char *const queueing[] = {"IoQueueWorkItem", "IoQueueWorkItemEx", "IoTryQueueWorkItem",
				       "FltQueueGenericWorkItem", NULL};
static const uint32_t routine_argument[] = {1, 1, 1, 2};
static const uint32_t type_argument[] = {2, 2, 2, 3};
static const char *const waiting[] = {"KeWaitForSingleObject", "KeWaitForMultipleObjects",
				      "KeWaitForMutexObject", "FltCancellableWaitForSingleObject",
				      NULL};

/* The queue that a call posts to; -1: it is none, or not known. */
static int queue_of(const struct program *p, const struct program_edge *e, int *which)
{
	const struct fact_arg *type;

	*which = called_one_of(p, e, queueing);
	type = *which < 0 ? NULL : called_arg(p, e, type_argument[*which]);
	return type && type->kind == ARG_VALUE && type->value >= 0 && type->value < N_TYPES
		       ? (int)type->value
		       : -1;
}

static bool waits(const struct program *p, uint32_t func)
{
	const struct program_func *f = &p->funcs[func];

	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++)
		if (called_one_of(p, &p->edges[i], waiting) >= 0)
			return true;
	return false;
}

/* Functions that run on the threads of one queue: its routines and all that they reach. */
static void mark_reached(const struct program *p, bool *on_queue)
{
	VEC(uint32_t) todo = {0};

	for (uint32_t i = 0; i < p->n_funcs; i++)
		if (on_queue[i])
			*vec_push(&todo) = i;
	while (todo.n) {
		const struct program_func *f = &p->funcs[todo.v[--todo.n]];

		for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
			const struct program_edge *e = &p->edges[i];

			if (e->to == NO_ID || e->cut || e->evidence == EVIDENCE_SIGNATURE ||
			    on_queue[e->to])
				continue;
			on_queue[e->to] = true;
			*vec_push(&todo) = e->to;
		}
	}
	vec_release(&todo);
}

/* The routines that calls of this queue name. */
static void mark_routines(const struct program *p, int type, bool *on_queue)
{
	for (uint32_t i = 0; i < p->n_edges; i++) {
		const struct fact_arg *routine;
		int which;

		if (queue_of(p, &p->edges[i], &which) != type)
			continue;
		routine = called_arg(p, &p->edges[i], routine_argument[which]);
		for (uint32_t k = 0; routine && routine->kind == ARG_FUNCTION && k < p->n_funcs;
		     k++)
			if (!strcmp(p->funcs[k].fact->symbol, routine->text))
				on_queue[k] = true;
	}
}

static void check_queue(const struct rule_input *in, struct findings *out, int type)
{
	static const char *const names[N_TYPES] = {"critical", "delayed", "hypercritical"};
	const struct program *p = in->program;
	bool *on_queue = mem_calloc(p->n_funcs, sizeof(*on_queue));

	mark_routines(p, type, on_queue);
	mark_reached(p, on_queue);
	for (uint32_t i = 0; i < p->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];
		struct finding *x;
		int which;

		if (!on_queue[e->from] || queue_of(p, e, &which) != type || !waits(p, e->from))
			continue;
		x = findings_add(out, "same-queue-post", SEVERITY_WARNING, e->from);
		x->loc = e->call->loc;
		x->subject = names[type];
		x->bytes = BYTES_UNKNOWN;
		x->limit = BYTES_UNKNOWN;
		x->message =
			arena_printf(&out->arena,
				     "%s runs in the %s work queue, posts to it and waits: with "
				     "all its threads here, nobody is left to serve the queue",
				     program_func_label(p, &out->arena, e->from), names[type]);
		x->advice = "Do the work in place when it runs in a worker already, or don't wait "
			    "for it.";
	}
	free(on_queue);
}

static void check(const struct rule_input *in, struct findings *out)
{
	for (int type = 0; type < N_TYPES; type++)
		check_queue(in, out, type);
}

const struct rule rule_same_queue_post = {
	.id = "same-queue-post",
	.severity = SEVERITY_WARNING,
	.summary = "a work routine posts to its own queue and waits",
	.help = help,
	.check = check,
};
