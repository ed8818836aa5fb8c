/* Lines, columns and colours of the text report. For use by text*.c only. */
#ifndef STACKCHECK_REPORTS_TEXT_OUT_H
#define STACKCHECK_REPORTS_TEXT_OUT_H

#include "reports/report.h"
#include "reports/totals.h"

enum style { STYLE_HEADING, STYLE_ERROR, STYLE_WARNING, STYLE_NOTE, STYLE_GOOD, STYLE_DIM };

struct text_report {
	struct buf *buf;
	const struct report *r;
	const struct totals *totals;
	struct arena arena; /* strings made on the way */
};

/* Appends a formatted string in a style; no escape sequences without --color. The format's arguments must be fit for
   a terminal already. */
void text_styled(struct text_report *t, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Columns that a string takes: one for each code point. */
size_t text_columns(const char *s);

/* The string fit for a terminal, and for `columns` (0: no limit): the middle, or for _end the beginning,
   gives way to "...". */
const char *text_fit(struct text_report *t, const char *s, size_t columns);
const char *text_fit_end(struct text_report *t, const char *s, size_t columns);

/* Appends `s` and spaces up to `columns`. */
void text_pad(struct text_report *t, const char *s, size_t columns);
/* The same with the spaces first. */
void text_pad_left(struct text_report *t, const char *s, size_t columns);

/* Appends `s`, made fit for a terminal, broken at spaces to the report's width, and a line end; every line is
   indented. For _rest something as wide as the indent stands in the first line already. */
void text_wrapped(struct text_report *t, size_t indent, const char *s);
void text_wrapped_rest(struct text_report *t, size_t indent, const char *s);

/* "1 unit", "2,345 units". */
const char *text_count(struct text_report *t, size_t n, const char *one, const char *many);

/* "2,096", or "?" when unknown. / "2,096 bytes", or "unknown". */
const char *text_number(struct text_report *t, int64_t bytes);
const char *text_bytes(struct text_report *t, int64_t bytes);

/* "2,096 bytes"; ">= 2,096 bytes" for a floor; "~ 2,096 bytes" when estimates are in it, as they can be too high as
   well; "unbounded, one turn 2,096 bytes"; "unknown depth". */
const char *text_depth(struct text_report *t, const struct depth *d);

/* The function's short unambiguous name, fit for a terminal. */
const char *text_func(struct text_report *t, uint32_t func);

#endif
