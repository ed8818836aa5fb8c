"""Faults and near misses of rules that know the functions of the Windows kernel."""
from maker import EXTERNS

KERNEL = """
typedef void *PVOID;
typedef struct _IO_WORKITEM *PIO_WORKITEM;
typedef struct _WORK_QUEUE_ITEM *PWORK_QUEUE_ITEM;
typedef struct _DEVICE *PDEVICE_OBJECT;
typedef enum { CriticalWorkQueue, DelayedWorkQueue, HyperCriticalWorkQueue } WORK_QUEUE_TYPE;
typedef void WORKER(PDEVICE_OBJECT device, PVOID context);
typedef void WORKER_EX(PVOID object, PVOID context, PIO_WORKITEM item);
typedef void OVERFLOW_ROUTINE(PVOID context, PVOID event);
typedef void FLT_WORKER(PVOID item, PVOID object, PVOID context);
struct driver@ {
	int type;
	void (*DriverUnload)(struct driver@ *d);
	int (*MajorFunction[28])(PDEVICE_OBJECT d, PVOID irp);
};
#define API DECLARED
API void __stdcall IoQueueWorkItem(PIO_WORKITEM item, WORKER *routine, WORK_QUEUE_TYPE type, PVOID context);
API void __stdcall IoQueueWorkItemEx(PIO_WORKITEM item, WORKER_EX *routine, WORK_QUEUE_TYPE type, PVOID context);
API char __stdcall IoTryQueueWorkItem(PIO_WORKITEM item, WORKER_EX *routine, WORK_QUEUE_TYPE type, PVOID context);
API void __stdcall ExQueueWorkItem(PWORK_QUEUE_ITEM item, WORK_QUEUE_TYPE type);
API int __stdcall FltQueueGenericWorkItem(PVOID item, PVOID object, FLT_WORKER *routine, WORK_QUEUE_TYPE type, PVOID context);
API int __stdcall KeWaitForSingleObject(PVOID object, int reason, char mode, char alertable, PVOID timeout);
API int __stdcall KeWaitForMultipleObjects(unsigned n, PVOID *o, int t, int reason, char mode, char alertable, PVOID timeout, PVOID w);
API void __stdcall FsRtlPostStackOverflow(PVOID context, PVOID event, OVERFLOW_ROUTINE *routine);
API void __stdcall FsRtlPostPagingFileStackOverflow(PVOID context, PVOID event, OVERFLOW_ROUTINE *routine);
API void __stdcall IoRegisterFileSystem(PDEVICE_OBJECT device);
API int __stdcall IoRegisterFsRegistrationChange(struct driver@ *d, PVOID routine);
API int __stdcall FltRegisterFilter(struct driver@ *d, const void *r, PVOID *filter);
API int __stdcall FsRtlRegisterFileSystemFilterCallbacks(struct driver@ *d, PVOID callbacks);
"""


def kernel(m):
    """Declarations, imported or linked, as drivers have both."""
    return EXTERNS + KERNEL.replace("DECLARED", m.pick("", "__declspec(dllimport)"))


# hypercritical-queue
def posting(m, queue, routine="work@"):
    """A call that queues a work item."""
    return m.pick(f"IoQueueWorkItem(item, {routine}, {queue}, context);",
                  f"IoQueueWorkItemEx(item, (WORKER_EX *){routine}, {queue}, context);",
                  f"if (!IoTryQueueWorkItem(item, (WORKER_EX *){routine}, {queue}, context))\n\t\tprobe(9);",
                  f"ExQueueWorkItem((PWORK_QUEUE_ITEM)item, {queue});")


WORK = "\nstatic void work@(PDEVICE_OBJECT device, PVOID context)\n{\n\tsink(device);\n\tsink(context);\n}\n"


def start(m, body, before=""):
    return (f"{kernel(m)}{WORK}{before}\n{m.linkage()}void {m.name()}(PIO_WORKITEM item, PVOID context, WORK_QUEUE_TYPE type)\n{{\n"
            f"\t{body}\n}}\n")


def queue_hyper(m):
    queue = m.pick("HyperCriticalWorkQueue", "2", "(WORK_QUEUE_TYPE)2", "DelayedWorkQueue + 1", "QUEUE@")
    return start(m, m.flow(posting(m, queue)), "#define QUEUE@ HyperCriticalWorkQueue\n")


def queue_hyper_inlined(m):
    helper = (f"\nstatic inline void post@(PIO_WORKITEM item, PVOID context, WORK_QUEUE_TYPE type)\n{{\n\t{posting(m, 'type')}\n}}\n")
    return start(m, m.flow("post@(item, context, HyperCriticalWorkQueue);") + "\n\t(void)type;", helper)


def queue_hyper_helper(m):
    """The helper is a function of its own, and a caller names the queue."""
    helper = (f"\n__attribute__((noinline)) static void post@(PIO_WORKITEM item, PVOID context, WORK_QUEUE_TYPE type)\n{{\n"
              f"\tprobe(1);\n\t{posting(m, 'type')}\n}}\n")
    return start(m, m.flow("post@(item, context, HyperCriticalWorkQueue);") +
                 "\n\tpost@(item, context, DelayedWorkQueue);\n\t(void)type;", helper)


def queue_other(m):
    return start(m, m.flow(posting(m, m.pick("DelayedWorkQueue", "CriticalWorkQueue", "1", "HyperCriticalWorkQueue - 1", "type"))))


def queue_other_argument(m):
    return start(m, m.pick("IoQueueWorkItem(item, work@, DelayedWorkQueue, (PVOID)2);",
                           "if (type == HyperCriticalWorkQueue)\n\t\tIoQueueWorkItem(item, work@, DelayedWorkQueue, context);",
                           "probe(HyperCriticalWorkQueue);\n\tIoQueueWorkItem(item, work@, CriticalWorkQueue, context);"))


def queue_other_helper(m):
    helper = (f"\n__attribute__((noinline)) static void post@(PIO_WORKITEM item, PVOID context, WORK_QUEUE_TYPE type)\n{{\n"
              f"\tprobe(1);\n\t{posting(m, 'type')}\n}}\n")
    return start(m, "post@(item, context, CriticalWorkQueue);\n\tpost@(item, context, DelayedWorkQueue);\n\t(void)type;", helper)


# ex-work-item
UNLOAD = "\nstatic void unload@(struct driver@ *d)\n{\n\tsink(d);\n}\n"


def entry(body, before=""):
    return f"{before}\nint DriverEntry@(struct driver@ *d)\n{{\n\t{body}\n\treturn probe(1);\n}}\n"


def sets_unload(m):
    return m.pick(entry("d->DriverUnload = unload@;", UNLOAD),
                  entry("d->DriverUnload = &unload@;\n\td->MajorFunction[3] = 0;", UNLOAD),
                  entry("if (!probe(2))\n\t\td->DriverUnload = unload@;", UNLOAD),
                  entry("setup@(d);", f"{UNLOAD}\nstatic inline void setup@(struct driver@ *d)\n{{\n\td->DriverUnload = unload@;\n}}\n"))


def ex_item(m, name="ExQueueWorkItem", more=""):
    queue = m.pick("DelayedWorkQueue", "CriticalWorkQueue", "type")
    call = f"ExQueueWorkItem((PWORK_QUEUE_ITEM)item, {queue});" if name == "ExQueueWorkItem" else \
        f"IoQueueWorkItem(item, work@, {queue}, context);"
    return start(m, m.flow(call) + "\n\tsink(context);\n\tprobe(type);") + more


def ex_plain(m):
    return ex_item(m, more=sets_unload(m))


def ex_inlined(m):
    return start(m, m.flow("later@((PWORK_QUEUE_ITEM)item);") + "\n\tsink(context);\n\tprobe(type);",
                 "\nstatic inline void later@(PWORK_QUEUE_ITEM item)\n{\n\tExQueueWorkItem(item, DelayedWorkQueue);\n}\n") + sets_unload(m)


def ex_stays(m):
    return ex_item(m, more=entry(m.pick("sink(d);", "d->DriverUnload = 0;", "d->MajorFunction[0] = 0;")))


def ex_file_system(m):
    register = m.pick("IoRegisterFileSystem((PDEVICE_OBJECT)context@);", "FltRegisterFilter(d, 0, &context@);",
                      "IoRegisterFsRegistrationChange(d, context@);", "FsRtlRegisterFileSystemFilterCallbacks(d, context@);")
    return ex_item(m, more=entry(f"d->DriverUnload = unload@;\n\t{register}", f"static PVOID context@;\n{UNLOAD}"))


def ex_io_item(m):
    return ex_item(m, "IoQueueWorkItem", sets_unload(m))


# overflow-thread
DEEP = "\nstatic void deep@(PVOID context, PVOID event)\n{\n\tsink(context);\n\tsink(event);\n}\n"


RAISING = "FsRtlPostStackOverflow(context, event, deep@);"


def overflow(m):
    return m.pick("FsRtlPostStackOverflow(context, event, deep@);", "FsRtlPostPagingFileStackOverflow(context, event, deep@);")


def post(m, body, before="", more=""):
    return f"{kernel(m)}{DEEP}{before}\n{m.linkage()}int {m.name()}(PVOID context, PVOID event)\n{{\n\t{body}\n\treturn probe(2);\n}}\n{more}"


def overflow_filter(m):
    handled = f"__try {{\n\t\t{overflow(m)}\n\t}} __except (1) {{\n\t\tprobe(3);\n\t}}"
    register = m.pick("FltRegisterFilter(d, 0, &filter@);", "IoRegisterFsRegistrationChange(d, filter@);",
                      "FsRtlRegisterFileSystemFilterCallbacks(d, filter@);")
    return post(m, m.pick(handled, m.flow(overflow(m))), more=entry(register, "static PVOID filter@;\n"))


def overflow_unhandled(m):
    return post(m, m.flow(RAISING))


def overflow_unhandled_helper(m):
    """One of the two callers handles it."""
    helper = f"\n__attribute__((noinline)) static int later@(PVOID context, PVOID event)\n{{\n\t{RAISING}\n\treturn probe(4);\n}}\n"
    return post(m, "__try {\n\t\tlater@(context, event);\n\t} __except (1) {\n\t\tprobe(3);\n\t}", helper,
                "\nint other@(PVOID context)\n{\n\treturn later@(context, 0) + 1;\n}\n")


def overflow_beside(m):
    """A __try that ends before, or only its handler."""
    return post(m, m.pick(f"__try {{\n\t\tsink(event);\n\t}} __except (1) {{\n\t\tprobe(3);\n\t}}\n\t{RAISING}",
                          f"__try {{\n\t\tsink(event);\n\t}} __except (1) {{\n\t\t{RAISING}\n\t}}"))


def overflow_finally(m):
    """It gains control, too."""
    return post(m, f"__try {{\n\t\t{overflow(m)}\n\t}} __finally {{\n\t\tprobe(3);\n\t}}")


def overflow_handled(m):
    return post(m, f"__try {{\n\t\t{m.flow(overflow(m)).replace('goto out@', 'probe(3)').replace('out@:', ';')}\n\t}} __except (1) {{\n\t\tprobe(3);\n\t}}")


def overflow_handled_above(m):
    helper = f"\n__attribute__((noinline)) static int later@(PVOID context, PVOID event)\n{{\n\t{overflow(m)}\n\treturn probe(4);\n}}\n"
    return post(m, "__try {\n\t\tlater@(context, event);\n\t} __except (1) {\n\t\tprobe(3);\n\t}", helper)


def overflow_other(m):
    return post(m, "IoQueueWorkItem((PIO_WORKITEM)event, (WORKER *)deep@, DelayedWorkQueue, context);",
                more=entry("FltRegisterFilter(d, 0, &filter@);", "static PVOID filter@;\n"))


# same-queue-post
WAIT = "KeWaitForSingleObject(context, 0, 0, 0, 0);"


def same_queue(m, queue, body, before=""):
    """`outer@` runs in the queue and has `body`."""
    begin = m.pick(f"IoQueueWorkItem(item, outer@, {queue}, context);", f"IoQueueWorkItemEx(item, (WORKER_EX *)outer@, {queue}, context);")
    return (f"{kernel(m)}{WORK}static PIO_WORKITEM other@;\n{before}\nstatic void outer@(PDEVICE_OBJECT device, PVOID context)\n{{\n"
            f"\tsink(device);\n\t{body}\n\tsink(context);\n}}\n\nvoid {m.name()}(PIO_WORKITEM item, PVOID context)\n{{\n"
            f"\tother@ = item;\n\t{m.flow(begin)}\n}}\n")


def queue_pair(m):
    return m.pick(("DelayedWorkQueue", "CriticalWorkQueue"), ("CriticalWorkQueue", "DelayedWorkQueue"))


def wait(m):
    return m.pick(WAIT, "KeWaitForMultipleObjects(1, &context, 0, 0, 0, 0, 0, 0);",
                  "while (KeWaitForSingleObject(context, 0, 0, 0, 0))\n\t\tprobe(5);")


def same_direct(m):
    queue = queue_pair(m)[0]
    return same_queue(m, queue, f"IoQueueWorkItem(other@, work@, {queue}, context);\n\t{wait(m)}")


def same_helper(m):
    queue = queue_pair(m)[0]
    helper = (f"\n__attribute__((noinline)) static void deeper@(PVOID context)\n{{\n\tIoQueueWorkItem(other@, work@, {queue}, context);\n"
              f"\t{wait(m)}\n}}\n")
    return same_queue(m, queue, m.flow("deeper@(context);"), helper)


def same_wait_below(m):
    queue = queue_pair(m)[0]
    helper = f"\n__attribute__((noinline)) static void done@(PVOID context)\n{{\n\t{wait(m)}\n\tprobe(6);\n}}\n"
    return same_queue(m, queue, f"IoQueueWorkItem(other@, work@, {queue}, context);\n\tdone@(context);", helper)


def same_post_below(m):
    queue = queue_pair(m)[0]
    helper = (f"\n__attribute__((noinline)) static void later@(PVOID context)\n{{\n\tIoQueueWorkItem(other@, work@, {queue}, context);\n"
              f"\tprobe(7);\n}}\n")
    return same_queue(m, queue, f"later@(context);\n\t{wait(m)}", helper)


def same_overflow(m):
    """The overflow thread's own routine posts to it."""
    name = m.pick("FsRtlPostStackOverflow", "FsRtlPostPagingFileStackOverflow")
    return (f"{kernel(m)}{DEEP}\nstatic void outer@(PVOID context, PVOID event)\n{{\n\t__try {{\n\t\t{name}(context, event, deep@);\n"
            f"\t}} __except (1) {{\n\t\tprobe(3);\n\t}}\n\t{wait(m)}\n}}\n\nvoid {m.name()}(PVOID context, PVOID event)\n{{\n\t__try {{\n"
            f"\t\t{name}(context, event, outer@);\n\t}} __except (1) {{\n\t\tprobe(4);\n\t}}\n}}\n")


def other_queue(m):
    queue, other = queue_pair(m)
    return same_queue(m, queue, f"IoQueueWorkItem(other@, work@, {other}, context);\n\t{wait(m)}")


def no_wait(m):
    queue = queue_pair(m)[0]
    return same_queue(m, queue, f"IoQueueWorkItem(other@, work@, {queue}, context);")


def wait_before(m):
    """For a lock, or for what came earlier."""
    queue = queue_pair(m)[0]
    return same_queue(m, queue, f"{WAIT}\n\tprobe(8);\n\tIoQueueWorkItem(other@, work@, {queue}, context);")


def wait_outside(m):
    queue = queue_pair(m)[0]
    return same_queue(m, queue, "probe(9);", "") + (
        f"\nvoid sender@(PIO_WORKITEM item, PVOID context)\n{{\n\tIoQueueWorkItem(item, work@, {queue}, context);\n\t{wait(m)}\n}}\n")


# seh-frame
def guarded(m, size, handler, call="sink(data);"):
    return (f"\n{m.linkage()}int {m.name()}(int n)\n{{\n\tchar data[{size}];\n\n\t__try {{\n\t\t{call}\n\t}} {handler} {{\n"
            f"\t\tsink(data + 1);\n\t}}\n\treturn n;\n}}\n")


def handler(m):
    return m.pick("__except (1)", "__finally", "__except (probe(1))")


def seh_over(m):
    return EXTERNS + guarded(m, m.size(m.path, 2 * m.path, 8), handler(m))


def seh_above(m):
    """The deep part is called from within it."""
    below = f"\n__attribute__((noinline)) static int deep@(int n)\n{{\n\tchar b[{m.size(m.path, 2 * m.path, 8)}];\n\n\tsink(b);\n\treturn probe(n);\n}}\n"
    return EXTERNS + below + guarded(m, m.size(16, 64, 8), handler(m), "deep@(n);\n\t\tsink(data);")


def seh_within(m):
    return EXTERNS + guarded(m, m.size(16, m.path // 2, 8), handler(m))


def seh_none(m):
    return f"{EXTERNS}\n{m.linkage()}int {m.name()}(int n)\n{{\n\tchar data[{m.size(m.path, 2 * m.path, 8)}];\n\n\tsink(data);\n\treturn n;\n}}\n"


def seh_beside(m):
    """Not on the path that is over."""
    small = f"\n__attribute__((noinline)) static int careful@(int n)\n{{\n\t__try {{\n\t\tsink(&n);\n\t}} {handler(m)} {{\n\t\tprobe(2);\n\t}}\n\treturn n;\n}}\n"
    deep = f"\n__attribute__((noinline)) static int deep@(int n)\n{{\n\tchar b[{m.size(m.path, 2 * m.path, 8)}];\n\n\tsink(b);\n\treturn probe(n);\n}}\n"
    return f"{EXTERNS}{small}{deep}\nint {m.name()}(int n)\n{{\n\tn += careful@(n);\n\treturn n + deep@(n);\n}}\n"


WINDOWS = {
    "hypercritical-queue": ([queue_hyper, queue_hyper_inlined, queue_hyper_helper],
                            [queue_other, queue_other_argument, queue_other_helper]),
    "ex-work-item": ([ex_plain, ex_inlined], [ex_stays, ex_file_system, ex_io_item]),
    "overflow-thread": ([overflow_filter, overflow_unhandled, overflow_unhandled_helper, overflow_beside],
                        [overflow_handled, overflow_finally, overflow_handled_above, overflow_other]),
    "same-queue-post": ([same_direct, same_helper, same_wait_below, same_post_below, same_overflow],
                        [other_queue, no_wait, wait_before, wait_outside]),
    "seh-frame": ([seh_over, seh_above], [seh_within, seh_none, seh_beside]),
}
