/* Flushing the log, and what to do when little stack is left for it. */
#include <ntifs.h>

#include "auditflt.h"

/* Mistake: measured years ago; what runs behind the test has grown to three times that. */
#define AUDIT_STACK_NEEDED 2048

static VOID NTAPI AuditRotate(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	AUDIT_EXTENSION *extension = Context;

	UNREFERENCED_PARAMETER(DeviceObject);
	InterlockedExchange(&extension->Writes, 0);
	KeSetEvent(&extension->Rotated, IO_NO_INCREMENT, FALSE);
}

/*
 * Mistake: runs in the delayed work queue, posts to the same queue and waits. When every thread of the queue is here, none is
 * left to run AuditRotate.
 */
static VOID NTAPI AuditFlushWorker(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	AUDIT_EXTENSION *extension = Context;
	UCHAR mark[16] = {0};

	UNREFERENCED_PARAMETER(DeviceObject);
	KeClearEvent(&extension->Rotated);
	IoQueueWorkItem(extension->RotateItem, AuditRotate, DelayedWorkQueue, extension);
	KeWaitForSingleObject(&extension->Rotated, Executive, KernelMode, FALSE, NULL);
	AuditLogWrite(extension, mark, sizeof(mark));
}

static VOID NTAPI AuditOverflow(PVOID Context, PKEVENT Event)
{
	AUDIT_EXTENSION *extension = Context;

	InterlockedIncrement(&extension->Writes);
	KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
}

static DECLSPEC_NOINLINE NTSTATUS AuditPostFlush(AUDIT_EXTENSION *Extension, PIRP Irp)
{
	PIO_WORKITEM item;

	if (!(Irp->Flags & IRP_PAGING_IO)) {
		/* Mistake: allocates where the test has just found too little stack. */
		item = IoAllocateWorkItem(Extension->Self);
		if (!item)
			return STATUS_INSUFFICIENT_RESOURCES;
		IoQueueWorkItem(item, AuditFlushWorker, DelayedWorkQueue, Extension);
		return STATUS_SUCCESS;
	}
	/* Mistake: that thread is the file systems' own, and the call raises when pool runs out. */
	FsRtlPostStackOverflow(Extension, &Extension->Rotated, AuditOverflow);
	return STATUS_UNSUCCESSFUL;
}

static NTSTATUS AuditComplete(PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

NTSTATUS NTAPI AuditFlush(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	AUDIT_EXTENSION *extension = DeviceObject->DeviceExtension;
	UCHAR mark[16] = {1};

	if (IoGetRemainingStackSize() < AUDIT_STACK_NEEDED)
		return AuditComplete(Irp, AuditPostFlush(extension, Irp));
	AuditLogWrite(extension, mark, sizeof(mark));
	return AuditPass(DeviceObject, Irp);
}

/* Mistake: the hypercritical queue is for the system itself; the last flush can wait its turn. */
NTSTATUS NTAPI AuditShutdown(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	AUDIT_EXTENSION *extension = DeviceObject->DeviceExtension;

	IoQueueWorkItem(extension->WorkItem, AuditFlushWorker, HyperCriticalWorkQueue, extension);
	return AuditPass(DeviceObject, Irp);
}

/* Called by its name from the assembler line below. */
VOID AuditSealAll(VOID)
{
	DbgPrint("auditflt: sealed\n");
}

/*
 * Mistake: changes to a stack of its own. The system does not know that stack: no exception is dispatched on it, and its guard page
 * is nobody's. KeExpandKernelStackAndCalloutEx() is the way.
 */
static DECLSPEC_NOINLINE VOID AuditOnOwnStack(PVOID Top)
{
#ifdef _WIN64
	__asm__ volatile("movq %%rsp, %%rbx\n\tleaq -32(%0), %%rsp\n\tcall AuditSealAll\n\t"
			 "movq %%rbx, %%rsp"
			 :
			 : "r"(Top)
			 : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "memory");
#else
	__asm__ volatile("movl %%esp, %%ebx\n\tmovl %0, %%esp\n\tcall _AuditSealAll\n\t"
			 "movl %%ebx, %%esp"
			 :
			 : "r"(Top)
			 : "eax", "ebx", "ecx", "edx", "memory");
#endif
}

static VOID NTAPI AuditSealWorker(PVOID Context)
{
	AUDIT_EXTENSION *extension = Context;
	PUCHAR stack = ExAllocatePoolWithTag(NonPagedPool, PAGE_SIZE, AUDIT_TAG);

	if (!stack)
		return;
	AuditOnOwnStack(stack + PAGE_SIZE);
	ExFreePoolWithTag(stack, AUDIT_TAG);
	InterlockedIncrement(&extension->Writes);
}

/* Mistake: nothing keeps the driver loaded until the routine has returned; IoQueueWorkItem() would. */
VOID AuditSealLater(AUDIT_EXTENSION *Extension)
{
	ExInitializeWorkItem(&Extension->SealItem, AuditSealWorker, Extension);
	ExQueueWorkItem(&Extension->SealItem, DelayedWorkQueue);
}
