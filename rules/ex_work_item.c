/*
 * ex-work-item: a driver that can be unloaded queues Ex work items.
 *
 * Why: nothing keeps the driver loaded while ExQueueWorkItem()'s routine runs; IoQueueWorkItem() holds a reference to a
 * device. File systems and their filters, which are rarely unloaded and often have no device to name, may use them. Mend: IoAllocateWorkItem.
 */
#include "base/text.h"
#include "rules/called.h"
#include "rules/rule.h"
#include "rules/words.h"

#include <string.h>

static const char help[] =
	"ExQueueWorkItem() is called in a driver that has an unload routine and is neither\n"
	"a file system nor a file-system filter.\n"
	"\n"
	"Why it matters: the driver can be unloaded while its routine is queued or about\n"
	"to return, and the system then runs code that is gone. Ex work items are\n"
	"deprecated for such drivers.\n"
	"\n"
	"How to mend it:\n"
	"  - IoAllocateWorkItem() and IoQueueWorkItem(): the system holds a reference to\n"
	"    the device object until the routine has returned.\n"
	"  - Allocate the work item early, not in the branch that found too little stack.\n"
	"\n"
	"Before:\n"
	"    ExInitializeWorkItem(&ext->Item, Seal, ext);\n"
	"    ExQueueWorkItem(&ext->Item, DelayedWorkQueue);\n"
	"After:\n"
	"    ext->IoItem = IoAllocateWorkItem(device);      /* when the device is made */\n"
	"    IoQueueWorkItem(ext->IoItem, Seal, DelayedWorkQueue, ext);\n"
	"\n"
	"Source: Windows Driver Kit, ExQueueWorkItem() and \"System Worker Threads\".\n";

static const char *const ex_names[] = {"ExQueueWorkItem", NULL};
static const char *const file_system_names[] = {"IoRegisterFileSystem",
						"IoRegisterFsRegistrationChange",
						"IoRegisterFsRegistrationChangeEx",
						"FltRegisterFilter",
						"FsRtlRegisterFileSystemFilterCallbacks",
						NULL};

/* Does something of the module get into DriverObject->DriverUnload? */
static bool can_unload(const struct program *p, uint32_t func)
{
	const char *module = program_module(p, p->funcs[func].unit);

	for (uint32_t u = 0; u < p->n_units; u++) {
		const struct facts *f = p->units[u];

		if (str_compare(program_module(p, u), module))
			continue;
		for (size_t i = 0; i < f->binds.n; i++)
			if (f->binds.v[i].slot && strstr(f->binds.v[i].slot, ".DriverUnload"))
				return true;
	}
	return false;
}

static void check(const struct rule_input *in, struct findings *out)
{
	const struct program *p = in->program;

	if (!called_any(p, ex_names))
		return;
	for (uint32_t i = 0; i < p->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];
		struct finding *x;

		if (called_one_of(p, e, ex_names) < 0 || !can_unload(p, e->from) ||
		    called_in_module(p, e->from, file_system_names))
			continue;
		x = findings_add(out, "ex-work-item", SEVERITY_WARNING, e->from);
		x->loc = e->call->loc;
		x->subject = "ExQueueWorkItem";
		x->bytes = BYTES_UNKNOWN;
		x->limit = BYTES_UNKNOWN;
		x->message = arena_printf(&out->arena,
					  "%s queues an Ex work item in a driver that can be "
					  "unloaded while its routine runs",
					  program_func_label(p, &out->arena, e->from));
		x->advice = "Use IoAllocateWorkItem() and IoQueueWorkItem(), which keep the driver "
			    "loaded.";
	}
}

const struct rule rule_ex_work_item = {
	.id = "ex-work-item",
	.severity = SEVERITY_WARNING,
	.summary = "a driver that can be unloaded queues Ex work items",
	.help = help,
	.check = check,
};
