/* Requests that came at a raised IRQL are served again by a worker thread. */
#include "auditflt.h"

/* A work item starts on a fresh stack: what counts against the budget begins here. */
VOID NTAPI AuditWorker(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	AUDIT_EXTENSION *extension = Context;
	PIRP irp = InterlockedExchangePointer((PVOID *)&extension->Posted, NULL);
	PIO_STACK_LOCATION stack;

	if (!irp)
		return;
	stack = IoGetCurrentIrpStackLocation(irp);
	DeviceObject->DriverObject->MajorFunction[stack->MajorFunction](DeviceObject, irp);
}

NTSTATUS AuditPost(AUDIT_EXTENSION *Extension, PIRP Irp)
{
	IoMarkIrpPending(Irp);
	InterlockedExchangePointer((PVOID *)&Extension->Posted, Irp);
	IoQueueWorkItem(Extension->WorkItem, AuditWorker, DelayedWorkQueue, Extension);
	return STATUS_PENDING;
}
