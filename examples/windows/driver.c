/* Load, attach, unload. */
#include "auditflt.h"

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, AuditAddDevice)
#pragma alloc_text(PAGE, AuditUnload)
#endif

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	ULONG i;

	UNREFERENCED_PARAMETER(RegistryPath);
	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		DriverObject->MajorFunction[i] = AuditPass;
	DriverObject->MajorFunction[IRP_MJ_READ] = AuditRead;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = AuditWrite;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = AuditDeviceControl;
	DriverObject->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = AuditFlush;
	DriverObject->MajorFunction[IRP_MJ_SHUTDOWN] = AuditShutdown;
	DriverObject->MajorFunction[IRP_MJ_PNP] = AuditPnp;
	DriverObject->DriverExtension->AddDevice = AuditAddDevice;
	DriverObject->DriverUnload = AuditUnload;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI AuditAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
	/* Mistake: pageable code at PASSIVE_LEVEL, so paged pool would do; two names take 2 KiB instead. */
	WCHAR name[AUDIT_NAME_CHARS], target[AUDIT_NAME_CHARS];
	AUDIT_EXTENSION *extension;
	PDEVICE_OBJECT device;
	NTSTATUS status;
	ULONG length = 0;

	PAGED_CODE();
	status = IoGetDeviceProperty(PhysicalDeviceObject, DevicePropertyPhysicalDeviceObjectName,
				     sizeof(name), name, &length);
	if (!NT_SUCCESS(status))
		return status;
	status = IoCreateDevice(DriverObject, sizeof(AUDIT_EXTENSION), NULL, FILE_DEVICE_DISK, 0,
				FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	extension = device->DeviceExtension;
	extension->Self = device;
	if (AuditResolve(extension->Links, name, target, AUDIT_NAME_CHARS))
		RtlCopyMemory(extension->Volume, target, sizeof(target));
	KeInitializeEvent(&extension->Rotated, NotificationEvent, FALSE);
	extension->WorkItem = IoAllocateWorkItem(device);
	extension->RotateItem = IoAllocateWorkItem(device);
	extension->Lower = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
	if (!extension->Lower || !extension->WorkItem || !extension->RotateItem) {
		IoDeleteDevice(device);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	device->Flags |= extension->Lower->Flags & (DO_DIRECT_IO | DO_POWER_PAGABLE);
	device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

VOID NTAPI AuditUnload(PDRIVER_OBJECT DriverObject)
{
	PDEVICE_OBJECT device = DriverObject->DeviceObject;

	PAGED_CODE();
	while (device) {
		AUDIT_EXTENSION *extension = device->DeviceExtension;
		PDEVICE_OBJECT next = device->NextDevice;

		AuditFreeLinks(extension->Links);
		IoDeleteDevice(device);
		device = next;
	}
}
