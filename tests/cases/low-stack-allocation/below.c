// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// stdout-has: found too little stack in read
// Through a function that posts, and in one that it calls.
typedef unsigned long ULONG;
typedef unsigned long long ULONG_PTR;
void IoGetStackLimits(ULONG_PTR *low, ULONG_PTR *high);

static inline ULONG_PTR IoGetRemainingStackSize(void)
{
	ULONG_PTR low, high;

	IoGetStackLimits(&low, &high);
	return (ULONG_PTR)&high - low;
}
void FsRtlPostStackOverflow(void *context, void *event, void (*routine)(void *, void *));
void *IoAllocateMdl(void *address, ULONG length, int secondary, int quota, void *irp);
int deep(void *irp);
void work(void *context, void *event);

__attribute__((noinline)) static void *lock_buffer(void *irp)
{
	return (char *)IoAllocateMdl(irp, 4096, 0, 0, irp) + 1; // expect: low-stack-allocation
}

__attribute__((noinline)) static int post(void *irp)
{
	void *mdl = lock_buffer(irp);

	FsRtlPostStackOverflow(mdl, irp, work); // expect: overflow-thread
	return 0x103;
}

int read(void *irp)
{
	if (IoGetRemainingStackSize() < 4096) // expect: stack-guard
		return post(irp);
	return deep(irp) + 1;
}
