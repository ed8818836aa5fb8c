// run: scan --platform windows-x64 --verifier $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// exit: 1
// stdout-has: error: item calls IoAllocateWorkItem
// stdout-has: Driver Verifier adds at least 48 bytes to that call
// An error under the verifier; what is called takes at least what that adds.
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

int item(void *device, void *irp)
{
	void *item;

	if (IoGetRemainingStackSize() < 4096) { // expect: stack-guard
		item = IoAllocateWorkItem(device); // expect: low-stack-allocation
		IoQueueWorkItem(item, work, 1, irp);
		return 0x103;
	}
	return deep(irp) + 1;
}

/* The frame, and two more of the verifier below the call. */
char *pool(void) // depth: 144..160 at-least
{
	char *p = ExAllocatePoolWithTag(0, 64, 'tset');

	p[1] = 0;
	return p;
}
