// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-w64-mingw32 -O2 -fms-extensions
// stdout-has: post_and_wait runs in the delayed work queue, posts to it and waits
typedef void WORKER(void *device, void *context);
void IoQueueWorkItem(void *item, WORKER *routine, int queue, void *context);
int KeWaitForSingleObject(void *object, int reason, int mode, int alertable, void *timeout);

static void inner(void *device, void *context)
{
	(void)device;
	(void)context;
}

__attribute__((noinline)) static void post_and_wait(void *item)
{
	IoQueueWorkItem(item, inner, 1, 0); // expect: same-queue-post
	KeWaitForSingleObject(item, 0, 0, 0, 0);
}

static void outer(void *device, void *context)
{
	(void)device;
	post_and_wait(context);
}

void start(void *item)
{
	IoQueueWorkItem(item, outer, 1, 0);
}
