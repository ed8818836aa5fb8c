// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-w64-mingw32 -O2 -fms-extensions
// stdout-has: later queues an Ex work item in a driver that can be unloaded
struct driver {
	void (*DriverUnload)(struct driver *d);
};

void ExQueueWorkItem(void *item, int queue);

static void unload(struct driver *d)
{
	(void)d;
}

void later(void *item)
{
	ExQueueWorkItem(item, 1); // expect: ex-work-item
}

int DriverEntry(struct driver *d)
{
	d->DriverUnload = unload;
	return 0;
}
