// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
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

int pool(void *device, void *irp)
{
	if (IoGetRemainingStackSize() >= 4096) { // expect: stack-guard
		return deep(irp) + 1;
	} else {
		void **packet =
			ExAllocatePoolWithTag(0, 64, 'tset'); // expect: low-stack-allocation

		*packet = irp;
		IoQueueWorkItem(device, work, 1, packet);
		return 0x103;
	}
}

/* What is there counts, whatever was handed over before. */
int afterwards(void *item, void *irp)
{
	if (IoGetRemainingStackSize() < 4096) { // expect: stack-guard
		IoQueueWorkItem(item, work, 1, irp);
		return use(ExAllocatePoolWithTag(0, 64, 'tset')); // expect: low-stack-allocation
	}
	return deep(irp) + 1;
}

/* On one line, and with the passing side first. */
int one_line(void *item, void *irp)
{
	// clang-format off
	if (IoGetRemainingStackSize() >= 4096) return use(ExAllocatePoolWithTag(0, 8, 'tset')) + deep(irp); else return use(IoAllocateWorkItem(item)); // expect: low-stack-allocation; expect: stack-guard
	// clang-format on
}
