/* The audit log: formatting a line, sealing a record, writing it. */
#include "auditflt.h"

static DECLSPEC_NOINLINE ULONG AuditSum(const CHAR *Line, ULONG Size)
{
	ULONG i, sum = 0;

	for (i = 0; i < Size && Line[i]; i++)
		sum = sum * 31 + (UCHAR)Line[i];
	return sum;
}

/* Mistake: small to read, but inlined into its caller, whose frame grows by the whole line. */
static __inline __attribute__((always_inline)) ULONG AuditSeal(const AUDIT_EXTENSION *Extension,
							       AUDIT_RECORD *Record)
{
	CHAR line[AUDIT_LINE_BYTES];

	_snprintf(line, sizeof(line), "%ls %lu", Extension->Volume, Record->Length);
	return AuditSum(line, sizeof(line));
}

static DECLSPEC_NOINLINE NTSTATUS AuditAppend(AUDIT_EXTENSION *Extension, AUDIT_RECORD *Record)
{
	UCHAR block[2 * AUDIT_BLOCK_BYTES]; /* Mistake: a copy only to align it */
	WCHAR name[AUDIT_NAME_CHARS];
	IO_STATUS_BLOCK status = {0};
	HANDLE file = NULL;

	RtlCopyMemory(name, Extension->Volume, sizeof(name));
	RtlCopyMemory(block, Record, min(sizeof(*Record), sizeof(block)));
	block[0] = (UCHAR)AuditSeal(Extension, Record);
	DbgPrint("auditflt: %ls\n", name);
	return ZwWriteFile(file, NULL, NULL, NULL, &status, block, sizeof(block), NULL, NULL);
}

NTSTATUS AuditLogWrite(AUDIT_EXTENSION *Extension, const UCHAR *Data, ULONG Length)
{
	AUDIT_RECORD record; /* Mistake: a large structure; ExAllocatePoolWithTag() is the cure */
	CHAR line[AUDIT_LINE_BYTES];

	RtlZeroMemory(&record, sizeof(record));
	KeQuerySystemTime(&record.Time);
	record.Major = IRP_MJ_WRITE;
	record.Length = Length;
	RtlCopyMemory(record.Volume, Extension->Volume, sizeof(record.Volume));
	RtlCopyMemory(record.Sample, Data, min(Length, sizeof(record.Sample)));
	if (AuditFormat(Extension, record.Major, line, sizeof(line)))
		DbgPrint("%s", line);
	return AuditAppend(Extension, &record);
}

/* The same job done well: the caller's buffer, small locals. */
ULONG AuditFormat(AUDIT_EXTENSION *Extension, ULONG Major, CHAR *Line, ULONG Size)
{
	int n = _snprintf(Line, Size, "auditflt: major %lu, %ld reads, %ld writes\n", Major,
			  Extension->Reads, Extension->Writes);

	return n > 0 && (ULONG)n < Size ? (ULONG)n : 0;
}
