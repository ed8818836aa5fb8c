// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-w64-mingw32 -O2 -fms-extensions
// expect-none
/* A file system may: it is not unloaded while volumes are mounted. */
struct driver {
	void (*DriverUnload)(struct driver *d);
};

void ExQueueWorkItem(void *item, int queue);

void IoRegisterFileSystem(void *device);

static void unload(struct driver *d)
{
	(void)d;
}

void later(void *item)
{
	ExQueueWorkItem(item, 1);
}

int DriverEntry(struct driver *d)
{
	d->DriverUnload = unload;
	IoRegisterFileSystem(d);
	return 0;
}
