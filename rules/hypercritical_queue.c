/*
 * hypercritical-queue: work is queued to the system's hypercritical work queue.
 *
 * Why: that queue has one thread, and it serves the memory manager and the file systems when nothing else moves any more. A driver that
 * blocks it stops the machine. Mend: DelayedWorkQueue or CriticalWorkQueue.
 */
#include "rules/called.h"
#include "rules/rule.h"
#include "rules/words.h"

static const char help[] =
	"A work item is queued with the type HyperCriticalWorkQueue.\n"
	"\n"
	"Why it matters: the hypercritical queue is the system's last resort; the routines\n"
	"in it must not wait for anything. A driver that moves deep work there to escape\n"
	"a full stack can block what the rest of the system needs to go on.\n"
	"\n"
	"How to mend it:\n"
	"  - Queue to DelayedWorkQueue, or to CriticalWorkQueue when the work is short.\n"
	"  - A driver that must go on under stack pressure: one worker thread of its own,\n"
	"    made with PsCreateSystemThread() when the driver starts.\n";

enum { HYPERCRITICAL = 2 }; /* WORK_QUEUE_TYPE of wdm.h */

static const char *const queueing[] = {"IoQueueWorkItem", "IoQueueWorkItemEx", "IoTryQueueWorkItem",
				       "ExQueueWorkItem", NULL};
static const uint32_t type_argument[] = {2, 2, 2, 1};

static void check(const struct rule_input *in, struct findings *out)
{
	const struct program *p = in->program;

	for (uint32_t i = 0; i < p->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];
		int which = called_one_of(p, e, queueing);
		const struct fact_arg *type =
			which < 0 ? NULL : called_arg(p, e, type_argument[which]);
		struct finding *x;

		if (!type || type->kind != ARG_VALUE || type->value != HYPERCRITICAL)
			continue;
		x = findings_add(out, "hypercritical-queue", SEVERITY_WARNING, e->from);
		x->loc = e->call->loc;
		x->subject = queueing[which];
		x->bytes = BYTES_UNKNOWN;
		x->limit = BYTES_UNKNOWN;
		x->message = arena_printf(&out->arena,
					  "%s queues work to the hypercritical queue, which the "
					  "system keeps for itself",
					  program_func_label(p, &out->arena, e->from));
		x->advice = "Use DelayedWorkQueue, or CriticalWorkQueue for short work.";
	}
}

const struct rule rule_hypercritical_queue = {
	.id = "hypercritical-queue",
	.severity = SEVERITY_WARNING,
	.summary = "work is queued to the hypercritical work queue",
	.help = help,
	.check = check,
};
