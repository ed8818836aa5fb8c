/* Names that stand for other names: two ways to let the data decide how deep the stack goes. */
#include "auditflt.h"

/* Mistake: mutual recursion. A link may name another link, and that one the first again. */
DECLSPEC_NOINLINE BOOLEAN AuditResolve(AUDIT_LINK *Links, PCWSTR Name, WCHAR *Target, ULONG Chars)
{
	WCHAR part[128];
	UNICODE_STRING wanted, have;
	AUDIT_LINK *link;
	ULONG i;

	for (i = 0; i < RTL_NUMBER_OF(part) - 1 && Name[i] && Name[i] != L'\\'; i++)
		part[i] = Name[i];
	part[i] = L'\0';
	RtlInitUnicodeString(&wanted, part);
	for (link = Links; link; link = link->Next) {
		RtlInitUnicodeString(&have, link->Name);
		if (RtlEqualUnicodeString(&wanted, &have, TRUE))
			return AuditFollow(Links, link, Target, Chars);
	}
	return FALSE;
}

DECLSPEC_NOINLINE BOOLEAN AuditFollow(AUDIT_LINK *Links, const AUDIT_LINK *Link, WCHAR *Target,
				      ULONG Chars)
{
	ULONG i;

	for (i = 0; i < Chars && i < RTL_NUMBER_OF(Link->Target); i++)
		Target[i] = Link->Target[i];
	if (!AuditResolve(Links, Link->Target, Target, Chars))
		DbgPrint("auditflt: %ls is the end\n", Link->Target);
	return TRUE;
}

/* Mistake: direct recursion over a tree whose shape comes from outside. */
VOID AuditFreeLinks(AUDIT_LINK *Link)
{
	while (Link) {
		AUDIT_LINK *next = Link->Next;

		AuditFreeLinks(Link->Children);
		ExFreePoolWithTag(Link, AUDIT_TAG);
		Link = next;
	}
}
