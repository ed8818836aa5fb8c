// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-w64-mingw32 -O2 -fms-extensions
// expect-none
/* Another queue; no wait; a wait outside the queue. */
typedef void WORKER(void *device, void *context);
void IoQueueWorkItem(void *item, WORKER *routine, int queue, void *context);
int KeWaitForSingleObject(void *object, int reason, int mode, int alertable, void *timeout);

static void inner(void *device, void *context)
{
	(void)device;
	(void)context;
}

static void other_queue(void *device, void *context)
{
	(void)device;
	IoQueueWorkItem(context, inner, 0, 0);
	KeWaitForSingleObject(context, 0, 0, 0, 0);
}

static void no_wait(void *device, void *context)
{
	(void)device;
	IoQueueWorkItem(context, inner, 1, 0);
}

void start(void *item)
{
	IoQueueWorkItem(item, other_queue, 1, 0);
	IoQueueWorkItem(item, no_wait, 1, 0);
	KeWaitForSingleObject(item, 0, 0, 0, 0);
}
