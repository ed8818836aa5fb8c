/* The sections of the Markdown report, and its cells. For use by markdown*.c only. */
#ifndef STACKCHECK_REPORTS_MARKDOWN_PARTS_H
#define STACKCHECK_REPORTS_MARKDOWN_PARTS_H

#include "reports/issues.h"
#include "reports/totals.h"

struct markdown {
	const struct report *r;
	struct buf *out;
	struct arena arena;
	struct totals totals;
	struct issues issues;
};

/* Is the text as long as a comment may be? Then a table ends. */
bool md_full(const struct markdown *m);

/* "| " and a cell of running text, a name, a place ("file:line"), a signed number; row ends with md_end_row(). */
void md_text(struct markdown *m, const char *s);
void md_code(struct markdown *m, const char *s);
void md_place(struct markdown *m, const struct fact_loc *loc);
void md_delta(struct markdown *m, int64_t bytes);
void md_end_row(struct markdown *m);

/* "<details>" with a summary "WHAT: name", and its end. */
void md_open_details(struct markdown *m, const char *what, const char *name);
void md_close_details(struct markdown *m);

/* "N more ... are not shown." when n is not 0. */
void md_left_out(struct markdown *m, size_t n, const char *what);

/* The worst path of an entry point, collapsed. */
void md_path(struct markdown *m, const struct entry *e);

/* markdown_change.c: the totals beside those of the base run, the entry points that moved, what was mended. */
void md_change_totals(struct markdown *m);
void md_change_entries(struct markdown *m);
void md_change_fixed(struct markdown *m);

#endif
