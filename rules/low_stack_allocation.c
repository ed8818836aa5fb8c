/*
 * low-stack-allocation: memory or a work item is allocated where a test has just found too little stack.
 *
 * Why: the allocator takes stack of its own, much more of it under Driver Verifier, and that branch runs because there is none
 * left. Mend: allocate before the test, or when the request arrives.
 */
#include "base/mem.h"
#include "rules/called.h"
#include "rules/rule.h"
#include "rules/verifier.h"
#include "rules/words.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
	"On the side of a stack test that runs when too little stack remains, or in what is\n"
	"called there, the code allocates pool or a work item. A warning; an error with\n"
	"--verifier, which says what Driver Verifier adds to the call at least.\n"
	"\n"
	"Why it matters: an allocation goes through the pool allocator, which may reclaim\n"
	"or map memory, and under Driver Verifier through its checks as well. All that\n"
	"runs on the stack that was just found to be too small, and with the memory low as\n"
	"well the allocation may fail or raise.\n"
	"\n"
	"How to mend it:\n"
	"  - Allocate the work item when the device is set up or the request arrives, and\n"
	"    keep it with the request's context.\n"
	"  - Use members of a structure that exists anyway, such as WORK_QUEUE_ITEM in a\n"
	"    file system's IRP context.\n"
	"  - Raise the threshold so that the allocation's stack is within it.\n"
	"\n"
	"Before:\n"
	"    if (IoGetRemainingStackSize() < 4096) {\n"
	"            item = IoAllocateWorkItem(device);\n"
	"            IoQueueWorkItem(item, Work, DelayedWorkQueue, request);\n"
	"    }\n"
	"After:\n"
	"    /* AddDevice */\n"
	"    ext->Item = IoAllocateWorkItem(device);\n"
	"    ...\n"
	"    if (IoGetRemainingStackSize() < 4096)\n"
	"            IoQueueWorkItem(ext->Item, Work, DelayedWorkQueue, request);\n"
	"\n"
	"Source: Windows Driver Kit: IoAllocateWorkItem() and FltAllocateGenericWorkItem()\n"
	"allocate from pool and give NULL without it, FsRtlPostStackOverflow() raises then.\n"
	"Driver Verifier's special pool and low resources simulation act in each of these\n"
	"calls.\n";

static const char *const allocating[] = {"IoAllocateWorkItem",
					 "ExAllocatePool",
					 "ExAllocatePool2",
					 "ExAllocatePool3",
					 "ExAllocatePoolZero",
					 "ExAllocatePoolUninitialized",
					 "ExAllocatePoolWithTag",
					 "ExAllocatePoolWithQuota",
					 "ExAllocatePoolWithQuotaTag",
					 "ExAllocatePoolPriorityZero",
					 "ExAllocatePoolWithTagPriority",
					 "ExAllocatePoolPriorityUninitialized",
					 "ExAllocateFromLookasideListEx",
					 "FltAllocateGenericWorkItem",
					 "FltAllocateDeferredIoWorkItem",
					 "FltAllocatePoolAlignedWithTag",
					 "FltAllocateCallbackData",
					 "FltAllocateContext",
					 "FsRtlAllocatePool",
					 "FsRtlAllocatePoolWithTag",
					 "FsRtlAllocatePoolWithQuotaTag",
					 "IoAllocateIrp",
					 "IoAllocateMdl",
					 "WdfWorkItemCreate",
					 "MmAllocateNonCachedMemory",
					 "MmAllocateContiguousMemory",
					 NULL};

struct search {
	const struct rule_input *in;
	struct findings *out;
	const struct guard *guard;
	bool *seen; /* by function */
	VEC(uint32_t) todo;
};

static bool is_followed(const struct program_edge *e)
{
	return e->to != NO_ID && !e->cut && !e->by_caller && e->evidence != EVIDENCE_SIGNATURE;
}

/* What the verifier is known to add to the call; "": it is not asked for, or adds nothing that is known. */
static const char *verifier_words(const struct search *s, struct arena *a, int which)
{
	int64_t bytes = verifier_bytes(s->in->platform, allocating[which]);

	if (!s->in->verifier || !bytes)
		return "";
	return arena_printf(a, "; Driver Verifier adds at least %s to that call",
			    words_bytes(a, bytes));
}

static void report(struct search *s, const struct program_edge *e, int which)
{
	const struct program *p = s->in->program;
	enum severity severity = s->in->verifier ? SEVERITY_ERROR : SEVERITY_WARNING;
	struct finding *x = findings_add(s->out, "low-stack-allocation", severity, e->from);
	struct arena *a = &s->out->arena;

	x->loc = e->call->loc;
	x->subject =
		arena_printf(a, "%s %s", p->funcs[s->guard->func].fact->symbol, allocating[which]);
	x->bytes = BYTES_UNKNOWN;
	x->limit = s->guard->threshold;
	x->message = arena_printf(a, "%s calls %s where %s() has found too little stack in %s%s%s",
				  program_func_label(p, a, e->from), allocating[which],
				  s->guard->fact->measure, program_func_label(p, a, s->guard->func),
				  s->guard->threshold == BYTES_UNKNOWN
					  ? ""
					  : arena_printf(a, ", with less than %s left",
							 words_bytes(a, s->guard->threshold)),
				  verifier_words(s, a, which));
	x->advice = "Allocate it before the test, or when the request arrives; the allocator needs "
		    "stack itself, under Driver Verifier far more.";
}

/* What these edges of one function call. */
static void look(struct search *s, const uint32_t *edges, uint32_t n)
{
	const struct program *p = s->in->program;

	for (uint32_t i = 0; i < n; i++) {
		const struct program_edge *e = &p->edges[edges[i]];
		int which = called_one_of(p, e, allocating);

		/* What passes another test has stack again. */
		if (s->in->guards->behind && s->in->guards->behind[edges[i]] != NO_ID)
			continue;
		if (which >= 0)
			report(s, e, which);
		else if (is_followed(e) && !s->seen[e->to]) {
			s->seen[e->to] = true;
			*vec_push(&s->todo) = e->to;
		}
	}
}

static void search(struct search *s)
{
	const struct program *p = s->in->program;

	memset(s->seen, 0, p->n_funcs * sizeof(*s->seen));
	s->seen[s->guard->func] = true;
	look(s, s->guard->fail, s->guard->n_fail);
	while (s->todo.n) {
		const struct program_func *f = &p->funcs[s->todo.v[--s->todo.n]];
		uint32_t *edges = mem_calloc(f->n_edges + 1, sizeof(*edges));

		for (uint32_t i = 0; i < f->n_edges; i++)
			edges[i] = f->first_edge + i;
		look(s, edges, f->n_edges);
		free(edges);
	}
}

static void check(const struct rule_input *in, struct findings *out)
{
	struct search s = {.in = in, .out = out};

	if (!in->guards)
		return;
	s.seen = mem_calloc(in->program->n_funcs, sizeof(*s.seen));
	for (size_t i = 0; i < in->guards->v.n; i++) {
		s.guard = &in->guards->v.v[i];
		if (s.guard->fact->kind == GUARD_STACK && s.guard->n_fail)
			search(&s);
	}
	vec_release(&s.todo);
	free(s.seen);
}

const struct rule rule_low_stack_allocation = {
	.id = "low-stack-allocation",
	.severity = SEVERITY_ERROR,
	.summary = "an allocation where a test has just found too little stack",
	.help = help,
	.check = check,
};
