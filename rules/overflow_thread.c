/*
 * overflow-thread: the file systems' overflow threads are used by a filter, or without a handler.
 *
 * Why: FsRtlPost*StackOverflow() serves file systems: a filter that blocks in it can block the file system below it, which needs
 * the same thread. FsRtlPostStackOverflow() raises when pool runs out. Mend: IoQueueWorkItem() in filters, a __try around the
 * call elsewhere.
 */
#include "base/mem.h"
#include "base/vec.h"
#include "rules/called.h"
#include "rules/rule.h"
#include "rules/words.h"

#include <stdlib.h>

static const char help[] =
	"FsRtlPostStackOverflow() or FsRtlPostPagingFileStackOverflow() is called from a\n"
	"file-system filter, or FsRtlPostStackOverflow() from a file system's function\n"
	"without a __try.\n"
	"\n"
	"Why it matters: each of the two queues has one thread for the whole system. A\n"
	"filter's routine that waits there for the file system below it waits for a\n"
	"routine in the same queue. And FsRtlPostStackOverflow() raises\n"
	"STATUS_INSUFFICIENT_RESOURCES when there is no pool left.\n"
	"\n"
	"How to mend it:\n"
	"  - In a filter: IoQueueWorkItem(), or FltQueueGenericWorkItem() in a mini-filter,\n"
	"    with an item that was allocated before.\n"
	"  - In a file system: call it inside __try, and fail the request in __except.\n"
	"\n"
	"Before, in a filter:\n"
	"    FsRtlPostStackOverflow(context, &event, Routine);\n"
	"After:\n"
	"    IoQueueWorkItem(ext->Item, Routine, DelayedWorkQueue, context);\n"
	"Before, in a file system:\n"
	"    FsRtlPostStackOverflow(context, &event, Routine);\n"
	"After:\n"
	"    __try { FsRtlPostStackOverflow(context, &event, Routine); }\n"
	"    __except (EXCEPTION_EXECUTE_HANDLER) { status = GetExceptionCode(); }\n"
	"\n"
	"Source: Windows Driver Kit, FsRtlPostStackOverflow() and\n"
	"FsRtlPostPagingFileStackOverflow().\n";

/* The first one raises when pool runs out; the other one waits. */
enum { RAISES = 0 };
static const char *const posting[] = {"FsRtlPostStackOverflow", "FsRtlPostPagingFileStackOverflow",
				      NULL};
static const char *const filter_names[] = {"FltRegisterFilter", "IoRegisterFsRegistrationChange",
					   "IoRegisterFsRegistrationChangeEx",
					   "FsRtlRegisterFileSystemFilterCallbacks", NULL};
/* File systems register callbacks of a filter's kind, too. */
static const char *const file_system_names[] = {"IoRegisterFileSystem", NULL};

static void report(const struct rule_input *in, struct findings *out, const struct program_edge *e,
		   const char *name, bool filter)
{
	struct finding *x = findings_add(out, "overflow-thread", SEVERITY_WARNING, e->from);
	const char *label = program_func_label(in->program, &out->arena, e->from);

	x->loc = e->call->loc;
	x->subject = filter ? "filter" : "unhandled";
	x->bytes = BYTES_UNKNOWN;
	x->limit = BYTES_UNKNOWN;
	x->message =
		arena_printf(&out->arena,
			     filter ? "%s posts to the file systems' overflow thread (%s) from a "
				      "filter"
				    : "%s calls %s outside any __try: it raises when pool runs out",
			     label, name);
	x->advice = filter ? "Use IoQueueWorkItem() with an item that was allocated before."
			   : "Call it inside __try, and fail the request in __except.";
}

/* Is there a way from an entry point to the call that stands in no __try on the whole of it? */
static bool unhandled(const struct program *p, const bool *handled, uint32_t edge)
{
	bool *seen = mem_calloc(p->n_funcs, sizeof(*seen)), found = false;
	VEC(uint32_t) todo = {0};

	if (!handled[edge])
		*vec_push(&todo) = p->edges[edge].from;
	while (todo.n && !found) {
		const struct program_func *f = &p->funcs[todo.v[--todo.n]];

		found = f->is_entry || !f->n_in;
		for (uint32_t i = f->first_in; i < f->first_in + f->n_in; i++) {
			uint32_t from = p->edges[p->in_edges[i]].from;

			if (handled[p->in_edges[i]] || seen[from])
				continue;
			seen[from] = true;
			*vec_push(&todo) = from;
		}
	}
	vec_release(&todo);
	free(seen);
	return found;
}

static void check(const struct rule_input *in, struct findings *out)
{
	const struct program *p = in->program;
	bool *handled;

	if (!called_any(p, posting))
		return;
	handled = mem_calloc(p->n_edges, sizeof(*handled));
	if (in->guards)
		guards_mark_handled(in->guards, handled);
	for (uint32_t i = 0; i < p->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];
		int which = called_one_of(p, e, posting);
		bool filter;

		if (which < 0)
			continue;
		filter = called_in_module(p, e->from, filter_names) &&
			 !called_in_module(p, e->from, file_system_names);
		if (filter || (which == RAISES && unhandled(p, handled, i)))
			report(in, out, e, posting[which], filter);
	}
	free(handled);
}

const struct rule rule_overflow_thread = {
	.id = "overflow-thread",
	.severity = SEVERITY_WARNING,
	.summary = "the file systems' overflow thread is used by a filter, or without a handler",
	.help = help,
	.check = check,
};
