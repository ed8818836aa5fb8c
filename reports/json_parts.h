/* The parts of the JSON report, one function a member of the top level. For use by json*.c only. */
#ifndef STACKCHECK_REPORTS_JSON_PARTS_H
#define STACKCHECK_REPORTS_JSON_PARTS_H

#include "reports/json_out.h"
#include "reports/report.h"
#include "reports/totals.h"

struct json_report {
	struct json_out out;
	const struct report *r;
	const struct totals *totals;
	const char *const *ids; /* by function */
};

/* json_head.c */
void json_tool(struct json_report *j);
void json_run(struct json_report *j);
void json_platform(struct json_report *j);
void json_summary(struct json_report *j);
void json_coverage(struct json_report *j);
void json_stats(struct json_report *j);
/* With a base run or a verdict only. */
void json_gate(struct json_report *j);

/* json_functions.c */
void json_functions(struct json_report *j);
/* {bytes, possible_bytes, bound, reasons[]} of a function, under the key "depth". */
void json_depth(struct json_report *j, uint32_t func);
/* "call" "tail" "indirect" "external" */
const char *json_edge_kind(const struct program_edge *e);
/* `"tail": true` of a call that is a jump. */
void json_tail(struct json_out *o, const struct program_edge *e);

/* json_paths.c */
void json_entries(struct json_report *j);
void json_cycles(struct json_report *j);
void json_findings(struct json_report *j);

#endif
