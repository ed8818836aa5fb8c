#include "rules/finding_snapshot.h"

void finding_snapshot(struct snapshot *s, const struct finding *findings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct finding *f = &findings[i];

		*vec_push(&s->findings) = (struct snapshot_finding){
			.fingerprint = snapshot_str(s, f->fingerprint),
			.rule = snapshot_str(s, f->rule),
			.severity = severity_name(f->severity),
			.func = f->func,
			.file = snapshot_str(s, f->loc.file),
			.line = f->loc.line,
			.column = f->loc.column,
			.subject = snapshot_str(s, f->subject),
			.message = snapshot_str(s, f->message),
			.bytes = f->bytes,
			.limit = f->limit,
			.suppressed = f->suppressed,
		};
	}
}
