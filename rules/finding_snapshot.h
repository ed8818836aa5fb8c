/* Findings as the plain numbers of a run. For use by history/, reports/ and cmd_*.c. */
#ifndef STACKCHECK_RULES_FINDING_SNAPSHOT_H
#define STACKCHECK_RULES_FINDING_SNAPSHOT_H

#include "rules/finding.h"
#include "snapshot/snapshot.h"

/* Appends copies of the findings, in their order; the snapshot must be of the same program. */
void finding_snapshot(struct snapshot *s, const struct finding *findings, size_t n);

#endif
