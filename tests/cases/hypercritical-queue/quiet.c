// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-w64-mingw32 -O2 -fms-extensions
// expect-none
/* The other queues, and one that is chosen at run time. */
typedef void WORKER(void *device, void *context);
void IoQueueWorkItem(void *item, WORKER *routine, int queue, void *context);

static void work(void *device, void *context)
{
	(void)device;
	(void)context;
}

void start(void *item, int queue)
{
	IoQueueWorkItem(item, work, 1, 0);
	IoQueueWorkItem(item, work, 0, 0);
	IoQueueWorkItem(item, work, queue, 0);
}
