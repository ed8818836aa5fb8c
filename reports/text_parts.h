/* The sections of the text report, in their order. For use by text*.c only. */
#ifndef STACKCHECK_REPORTS_TEXT_PARTS_H
#define STACKCHECK_REPORTS_TEXT_PARTS_H

#include "reports/text_out.h"

/* text_head.c: what was measured, with what, and held against what. */
void text_coverage(struct text_report *t);
void text_terms(struct text_report *t);

/* text_paths.c: the deepest path of each of the first entry points. */
void text_paths(struct text_report *t);

/* text_findings.c: findings by severity. */
void text_findings(struct text_report *t);

/* text_totals.c: counts, and with --stats what the run took. */
void text_totals(struct text_report *t);

/* text_gate.c: changes since the base, and the verdict; nothing for a plain scan. */
void text_gate(struct text_report *t);

#endif
