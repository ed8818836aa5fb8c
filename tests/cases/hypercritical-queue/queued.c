// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-w64-mingw32 -O2 -fms-extensions
// stdout-has: start queues work to the hypercritical queue
enum { Critical, Delayed, HyperCritical };
typedef void WORKER(void *device, void *context);
void IoQueueWorkItem(void *item, WORKER *routine, int queue, void *context);

static void work(void *device, void *context)
{
	(void)device;
	(void)context;
}

void start(void *item)
{
	IoQueueWorkItem(item, work, HyperCritical, 0); // expect: hypercritical-queue
}
