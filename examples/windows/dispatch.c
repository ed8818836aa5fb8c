/* The dispatch routines: what the I/O manager calls through DriverObject->MajorFunction. */
#include "auditflt.h"

NTSTATUS NTAPI AuditPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	AUDIT_EXTENSION *extension = DeviceObject->DeviceExtension;

	IoSkipCurrentIrpStackLocation(Irp);
	return IoCallDriver(extension->Lower, Irp);
}

/* Runs on whatever stack completes the request, perhaps inside an interrupt's DPC. */
NTSTATUS NTAPI AuditReadComplete(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	AUDIT_EXTENSION *extension = Context;
	CHAR line[AUDIT_LINE_BYTES]; /* Mistake: text in a completion routine */

	UNREFERENCED_PARAMETER(DeviceObject);
	if (Irp->PendingReturned)
		IoMarkIrpPending(Irp);
	if (!NT_SUCCESS(Irp->IoStatus.Status) &&
	    AuditFormat(extension, IRP_MJ_READ, line, sizeof(line)))
		DbgPrint("%s", line);
	return STATUS_CONTINUE_COMPLETION;
}

NTSTATUS NTAPI AuditRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	AUDIT_EXTENSION *extension = DeviceObject->DeviceExtension;

	InterlockedIncrement(&extension->Reads);
	IoCopyCurrentIrpStackLocationToNext(Irp);
	IoSetCompletionRoutine(Irp, AuditReadComplete, extension, TRUE, TRUE, TRUE);
	return IoCallDriver(extension->Lower, Irp);
}

/*
 * Mistake: the deepest path of the driver is AuditWorker -> MajorFunction[IRP_MJ_WRITE] -> AuditWrite ->
 * AuditLogWrite and on. The table hides it from anybody who only follows calls by name.
 */
NTSTATUS NTAPI AuditWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	AUDIT_EXTENSION *extension = DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	UCHAR before[AUDIT_BLOCK_BYTES], after[AUDIT_BLOCK_BYTES]; /* Mistake: data in the frame */
	ULONG length = min(stack->Parameters.Write.Length, AUDIT_BLOCK_BYTES);
	PUCHAR data;

	if (KeGetCurrentIrql() > PASSIVE_LEVEL)
		return AuditPost(extension, Irp);
	data = MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority);
	if (!data) {
		Irp->IoStatus.Status = STATUS_INSUFFICIENT_RESOURCES;
		IoCompleteRequest(Irp, IO_NO_INCREMENT);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	/* Mistake: a handler in the middle of the deepest path; its variables stay in memory, and its code is a function. */
	AUDIT_TRY
	{
		RtlCopyMemory(before, data, length);
		AuditLogWrite(extension, before, length);
	}
	AUDIT_EXCEPT
	{
		DbgPrint("auditflt: the data is gone\n");
	}
	RtlCopyMemory(after, data, length);
	if (RtlCompareMemory(before, after, length) != length)
		DbgPrint("auditflt: data changed on its way\n");
	InterlockedIncrement(&extension->Writes);
	return AuditPass(DeviceObject, Irp);
}

/*
 * Mistake: asks its own device stack from the top, so the request comes back into AuditRead while this frame still stands.
 * Each filter that does so multiplies the depth.
 */
static NTSTATUS AuditPeek(PDEVICE_OBJECT DeviceObject, PVOID Buffer)
{
	IO_STATUS_BLOCK status;
	LARGE_INTEGER offset;
	KEVENT event;
	PIRP irp;

	offset.QuadPart = 0;
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildSynchronousFsdRequest(IRP_MJ_READ, DeviceObject, Buffer, 512, &offset, &event,
					   &status);
	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (IoCallDriver(DeviceObject, irp) == STATUS_PENDING)
		KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
	return status.Status;
}

NTSTATUS NTAPI AuditDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	UCHAR sector[512]; /* Mistake: a sector on the stack while the stack is entered again */
	NTSTATUS status;

	if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_AUDIT_PEEK ||
	    stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(sector))
		return AuditPass(DeviceObject, Irp);
	status = AuditPeek(DeviceObject, sector);
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, sector, sizeof(sector));
	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = NT_SUCCESS(status) ? sizeof(sector) : 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

NTSTATUS NTAPI AuditPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	AUDIT_EXTENSION *extension = DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS status;

	if (stack->MinorFunction != IRP_MN_REMOVE_DEVICE)
		return AuditPass(DeviceObject, Irp);
	status = AuditPass(DeviceObject, Irp);
	IoDetachDevice(extension->Lower);
	AuditSealLater(extension);
	IoFreeWorkItem(extension->WorkItem);
	IoFreeWorkItem(extension->RotateItem);
	IoDeleteDevice(DeviceObject);
	return status;
}
