// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// stdout-lacks: [low-stack-allocation]
// Allocated on the passing side, before the test, or with stack again.
typedef unsigned long ULONG;
typedef unsigned long long ULONG_PTR;
void IoGetStackLimits(ULONG_PTR *low, ULONG_PTR *high);

static inline ULONG_PTR IoGetRemainingStackSize(void)
{
	ULONG_PTR low, high;

	IoGetStackLimits(&low, &high);
	return (ULONG_PTR)&high - low;
}
void *IoAllocateWorkItem(void *device);
void IoQueueWorkItem(void *item, void (*routine)(void *), int type, void *context);
void *ExAllocatePoolWithTag(int pool, ULONG_PTR bytes, ULONG tag);
int deep(void *irp);
void work(void *context);
int use(void *p);

int before(void *device, void *irp)
{
	void *item = IoAllocateWorkItem(device);

	if (IoGetRemainingStackSize() < 4096) { // expect: stack-guard
		IoQueueWorkItem(item, work, 1, irp);
		return 0x103;
	}
	return deep(irp) + 1;
}

int passing(void *item, void *irp)
{
	if (IoGetRemainingStackSize() < 4096) { // expect: stack-guard
		IoQueueWorkItem(item, work, 1, irp);
		return 0x103;
	}
	return use(ExAllocatePoolWithTag(0, 64, 'tset')) + deep(irp);
}

int other_test(int low, void *device, void *irp)
{
	if (low)
		return use(IoAllocateWorkItem(device)) + 1;
	return deep(irp) + 1;
}
