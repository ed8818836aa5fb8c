// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// stdout-has: no test of the remaining stack lies on the way from dispatch (dispatch routine) to CcCopyRead in dispatch
// A call of the system that reads or writes through the same driver.
typedef unsigned long ULONG;
typedef unsigned long long ULONG_PTR;
void IoGetStackLimits(ULONG_PTR *low, ULONG_PTR *high);

static inline ULONG_PTR IoGetRemainingStackSize(void)
{
	ULONG_PTR low, high;

	IoGetStackLimits(&low, &high);
	return (ULONG_PTR)&high - low;
}
typedef struct _DRIVER_OBJECT {
	int (*MajorFunction[28])(void *device, void *irp);
} DRIVER_OBJECT;

int CcCopyRead(void *file), CcFlushCache(void *file);

static int copy(void *irp)
{
	return CcCopyRead(irp) + 1; // expect: recursion
}

static int dispatch(void *device, void *irp) // expect: guard-missing
{
	return copy(irp) + (device != 0);
}

static int flush(void *device, void *irp)
{
	if (IoGetRemainingStackSize() < 4096) // expect: stack-guard
		return -1;
	return CcFlushCache(irp) + (device != 0); // expect: recursion
}

/* What it writes comes back as a write, not here. */
static int cleanup(void *device, void *irp)
{
	return CcFlushCache(irp) + 2 + (device != 0);
}

int DriverEntry(DRIVER_OBJECT *driver, void *path)
{
	driver->MajorFunction[3] = dispatch;
	driver->MajorFunction[4] = flush;
	driver->MajorFunction[18] = cleanup;
	return path == 0;
}
