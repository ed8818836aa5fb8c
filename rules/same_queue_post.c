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
	"  - Post to a queue or a thread of one's own.\n"
	"\n"
	"Before, in a routine of the delayed queue:\n"
	"    IoQueueWorkItem(other, Rotate, DelayedWorkQueue, ext);\n"
	"    KeWaitForSingleObject(&ext->Rotated, Executive, KernelMode, FALSE, NULL);\n"
	"After:\n"
	"    Rotate(ext->Self, ext);\n"
	"\n"
	"Source: Windows Driver Kit, \"System Worker Threads\": their number is limited.\n";

/* Of WORK_QUEUE_TYPE: critical, delayed, hypercritical; and the two overflow threads. */
enum { OVERFLOW = 3, PAGING_OVERFLOW, N_QUEUES };

static const char *const queue_names[N_QUEUES] = {
	"critical work queue", "delayed work queue", "hypercritical work queue",
	"stack overflow thread", "paging file's stack overflow thread"};
static const char *const queueing[] = {"FsRtlPostStackOverflow",
				       "FsRtlPostPagingFileStackOverflow",
				       "IoQueueWorkItem",
				       "IoQueueWorkItemEx",
				       "IoTryQueueWorkItem",
				       "FltQueueGenericWorkItem",
				       NULL};
enum { N_OVERFLOW = 2 }; /* of queueing[], the first ones have a thread of their own */
static const uint32_t routine_argument[] = {2, 2, 1, 1, 1, 2};
static const char *const waiting[] = {"KeWaitForSingleObject", "KeWaitForMultipleObjects",
				      "KeWaitForMutexObject", "FltCancellableWaitForSingleObject",
				      NULL};

/* What is known of the functions while one queue is looked at; each by function. */
struct queue {
	const struct program *p;
	bool *on_it; /* runs on its threads */
	bool *posts, *waits; /* it, or something that it calls by name, does */
};

/* The queue that a call posts to; -1: it is none, or not known. */
static int queue_of(const struct program *p, const struct program_edge *e, int *which)
{
	const struct fact_arg *type;

	*which = called_one_of(p, e, queueing);
	if (*which < N_OVERFLOW)
		return *which < 0 ? -1 : OVERFLOW + *which;
	type = called_arg(p, e, routine_argument[*which] + 1);
	return type && type->kind == ARG_VALUE && type->value >= 0 && type->value < OVERFLOW
		       ? (int)type->value
		       : -1;
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

/* Marks those that call a marked one by its name, and so on upwards. */
static void mark_callers(const struct program *p, bool *marked)
{
	VEC(uint32_t) todo = {0};

	for (uint32_t i = 0; i < p->n_funcs; i++)
		if (marked[i])
			*vec_push(&todo) = i;
	while (todo.n) {
		const struct program_func *f = &p->funcs[todo.v[--todo.n]];

		for (uint32_t i = 0; i < f->n_in; i++) {
			const struct program_edge *e = &p->edges[p->in_edges[f->first_in + i]];

			if (e->evidence != EVIDENCE_DIRECT || e->cut || marked[e->from])
				continue;
			marked[e->from] = true;
			*vec_push(&todo) = e->from;
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

static bool edge_posts(const struct queue *q, const struct program_edge *e, int type)
{
	int which;

	return e->to == NO_ID ? queue_of(q->p, e, &which) == type
			      : e->evidence == EVIDENCE_DIRECT && q->posts[e->to];
}

static bool edge_waits(const struct queue *q, const struct program_edge *e)
{
	return e->to == NO_ID ? called_one_of(q->p, e, waiting) >= 0
			      : e->evidence == EVIDENCE_DIRECT && q->waits[e->to];
}

/* Where the function posts before it waits: a wait that comes first is for something else, such as a lock. A callee that does
   both speaks for itself. */
static const struct program_edge *post_before_wait(const struct queue *q, uint32_t func, int type)
{
	const struct program_func *f = &q->p->funcs[func];
	const struct program_edge *post = NULL;

	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &q->p->edges[i];
		bool posts = edge_posts(q, e, type), waits = edge_waits(q, e);

		if (posts && waits)
			continue;
		if (waits && post && e->site > post->site)
			return post;
		if (posts && !post)
			post = e;
	}
	return NULL;
}

static void report(struct findings *out, const struct queue *q, const struct program_edge *e,
		   int type)
{
	struct finding *x = findings_add(out, "same-queue-post", SEVERITY_WARNING, e->from);

	x->loc = e->call->loc;
	x->subject = queue_names[type];
	x->message =
		arena_printf(&out->arena,
			     "%s runs in the %s, posts to it and waits: with all its threads "
			     "here, nobody is left to serve it",
			     program_func_label(q->p, &out->arena, e->from), queue_names[type]);
	x->advice = "Do the work in place when it runs in a worker already, or don't wait for it.";
}

static void check_queue(const struct rule_input *in, struct findings *out, int type)
{
	const struct program *p = in->program;
	struct queue q = {p, mem_calloc(p->n_funcs, 1), mem_calloc(p->n_funcs, 1),
			  mem_calloc(p->n_funcs, 1)};
	int which;

	mark_routines(p, type, q.on_it);
	mark_reached(p, q.on_it);
	for (uint32_t i = 0; i < p->n_edges; i++) {
		q.posts[p->edges[i].from] |= queue_of(p, &p->edges[i], &which) == type;
		q.waits[p->edges[i].from] |= called_one_of(p, &p->edges[i], waiting) >= 0;
	}
	mark_callers(p, q.posts);
	mark_callers(p, q.waits);
	for (uint32_t i = 0; i < p->n_funcs; i++) {
		const struct program_edge *post = NULL;

		if (q.on_it[i] && q.posts[i] && q.waits[i])
			post = post_before_wait(&q, i, type);
		if (post)
			report(out, &q, post, type);
	}
	free(q.on_it);
	free(q.posts);
	free(q.waits);
}

static void check(const struct rule_input *in, struct findings *out)
{
	if (!called_any(in->program, queueing))
		return;
	for (int type = 0; type < N_QUEUES; type++)
		check_queue(in, out, type);
}

const struct rule rule_same_queue_post = {
	.id = "same-queue-post",
	.severity = SEVERITY_WARNING,
	.summary = "a work routine posts to its own queue and waits",
	.help = help,
	.check = check,
};
