/*
 * auditflt: an example of a WDM filter driver that writes down what passes through a disk's device stack. It is written to
 * show what stackcheck finds: each place with a mistake says so in a comment that starts with "Mistake:". Nobody should
 * load it. It compiles with the headers of mingw-w64's DDK.
 */
#ifndef AUDITFLT_H
#define AUDITFLT_H

#include <ntddk.h>
#include <stdio.h>

#define AUDIT_TAG	  'tiuA'
#define AUDIT_LINE_BYTES  1024
#define AUDIT_NAME_CHARS  512
#define AUDIT_BLOCK_BYTES 512

#define IOCTL_AUDIT_PEEK CTL_CODE(FILE_DEVICE_DISK, 0x900, METHOD_BUFFERED, FILE_READ_ACCESS)

/* MinGW has structured exceptions for 64-bit code only. */
#ifdef _WIN64
#define AUDIT_TRY    __try
#define AUDIT_EXCEPT __except (EXCEPTION_EXECUTE_HANDLER)
#else
#define AUDIT_TRY    if (1)
#define AUDIT_EXCEPT else
#endif

/* One line of the audit log, as it is written to the disk. */
typedef struct _AUDIT_RECORD {
	LARGE_INTEGER Time;
	ULONG Major, Length;
	WCHAR Volume[AUDIT_NAME_CHARS];
	UCHAR Sample[AUDIT_BLOCK_BYTES];
} AUDIT_RECORD;

/* A name that stands for another one; links may point to links. */
typedef struct _AUDIT_LINK {
	struct _AUDIT_LINK *Next, *Children;
	WCHAR Name[64], Target[64];
} AUDIT_LINK;

typedef struct _AUDIT_EXTENSION {
	PDEVICE_OBJECT Self, Lower;
	AUDIT_LINK *Links;
	PIO_WORKITEM WorkItem, RotateItem;
	WORK_QUEUE_ITEM SealItem;
	KEVENT Rotated;
	PIRP Posted;
	LONG Reads, Writes;
	WCHAR Volume[AUDIT_NAME_CHARS];
} AUDIT_EXTENSION;

/* driver.c */
DRIVER_INITIALIZE DriverEntry;
DRIVER_ADD_DEVICE AuditAddDevice;
DRIVER_UNLOAD AuditUnload;

/* dispatch.c */
DRIVER_DISPATCH AuditPass;
DRIVER_DISPATCH AuditRead;
DRIVER_DISPATCH AuditWrite;
DRIVER_DISPATCH AuditDeviceControl;
DRIVER_DISPATCH AuditPnp;
IO_COMPLETION_ROUTINE AuditReadComplete;

/* flush.c */
DRIVER_DISPATCH AuditFlush;
DRIVER_DISPATCH AuditShutdown;
VOID AuditSealAll(VOID);
VOID AuditSealLater(AUDIT_EXTENSION *Extension);

/* worker.c */
IO_WORKITEM_ROUTINE AuditWorker;
NTSTATUS AuditPost(AUDIT_EXTENSION *Extension, PIRP Irp);

/* log.c */
NTSTATUS AuditLogWrite(AUDIT_EXTENSION *Extension, const UCHAR *Data, ULONG Length);
ULONG AuditFormat(AUDIT_EXTENSION *Extension, ULONG Major, CHAR *Line, ULONG Size);

/* names.c */
BOOLEAN AuditResolve(AUDIT_LINK *Links, PCWSTR Name, WCHAR *Target, ULONG Chars);
BOOLEAN AuditFollow(AUDIT_LINK *Links, const AUDIT_LINK *Link, WCHAR *Target, ULONG Chars);
VOID AuditFreeLinks(AUDIT_LINK *Link);

#endif
