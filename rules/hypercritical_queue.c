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
	"    made with PsCreateSystemThread() when the driver starts.\n"
	"\n"
	"Before:\n"
	"    IoQueueWorkItem(item, Flush, HyperCriticalWorkQueue, context);\n"
	"After:\n"
	"    IoQueueWorkItem(item, Flush, DelayedWorkQueue, context);\n"
	"\n"
	"Source: Windows Driver Kit, WORK_QUEUE_TYPE and ExQueueWorkItem(): a system priority\n"
	"level, reserved for the system.\n";

enum { HYPERCRITICAL = 2 }; /* WORK_QUEUE_TYPE of wdm.h */

static const char *const queueing[] = {"IoQueueWorkItem", "IoQueueWorkItemEx", "IoTryQueueWorkItem",
				       "ExQueueWorkItem", NULL};
static const uint32_t type_argument[] = {2, 2, 2, 1};

static void report(const struct rule_input *in, struct findings *out, const struct program_edge *e,
		   const char *by, const char *through)
{
	struct finding *x = findings_add(out, "hypercritical-queue", SEVERITY_WARNING, e->from);
	struct arena *a = &out->arena;

	x->loc = e->call->loc;
	x->subject = by;
	x->message = arena_printf(
		a, "%s queues work to the hypercritical queue, which the system keeps for itself%s",
		program_func_label(in->program, a, e->from),
		through ? arena_printf(a, ", through %s", through) : "");
	x->advice = "Use DelayedWorkQueue, or CriticalWorkQueue for short work.";
}

static void check(const struct rule_input *in, struct findings *out)
{
	enum { MAX_VALUES = 32 };
	const struct program *p = in->program;

	if (!called_any(p, queueing))
		return;
	for (uint32_t i = 0; i < p->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];
		int which = called_one_of(p, e, queueing);
		struct called_value values[MAX_VALUES];
		uint32_t n;

		if (which < 0)
			continue;
		n = called_values(p, e, type_argument[which], values, MAX_VALUES);
		for (uint32_t k = 0; k < n; k++)
			if (values[k].value == HYPERCRITICAL)
				report(in, out, values[k].edge, queueing[which],
				       values[k].edge == e
					       ? NULL
					       : program_func_label(p, &out->arena, e->from));
	}
}

const struct rule rule_hypercritical_queue = {
	.id = "hypercritical-queue",
	.severity = SEVERITY_WARNING,
	.summary = "work is queued to the hypercritical work queue",
	.help = help,
	.check = check,
};
