/*
 * Names made harmless for each syntax that a report is written in: file names, symbols and messages can hold quotes,
 * markup, escape sequences, commands for CI services, bidirectional overrides and bytes that are not UTF-8. Every
 * escape first makes the string text_printable(): valid UTF-8, one line, nothing invisible. NULL is written as
 * nothing. For use by reports/ only.
 */
#ifndef STACKCHECK_REPORTS_ESCAPE_H
#define STACKCHECK_REPORTS_ESCAPE_H

#include "base/arena.h"
#include "base/buf.h"

/* As it is in text of one line, without anything that the syntax would need. */
void escape_line(struct buf *b, const char *s);

/* Text or an attribute's value in XML 1.0. */
void escape_xml(struct buf *b, const char *s);

/* A field of CSV (RFC 4180), quoted where it must be. One that a spreadsheet would take for a formula gets an
   apostrophe in front. */
void escape_csv(struct buf *b, const char *s);

/* The message / a property's value of a GitHub workflow command. */
void escape_command_data(struct buf *b, const char *s);
void escape_command_property(struct buf *b, const char *s);

/* Running text in GitHub's Markdown: nothing in it is markup, a mention, a reference or a link. */
void escape_markdown(struct buf *b, const char *s);

/* A name as a code span, good in table cells too; long ones give way in the middle. */
void escape_markdown_code(struct buf *b, const char *s);

/* The value of an OpenMetrics label, without its quotes. */
void escape_label(struct buf *b, const char *s);

/* A relative reference or a file: URI (RFC 3986) for a path: percent-encoded, every byte kept. In the arena. */
const char *escape_uri(struct arena *a, const char *path);

/* Plain text of a SARIF message: braces and what looks like a link mean nothing. In the arena. */
const char *escape_sarif(struct arena *a, const char *s);

/* At most `columns` code points of a printable string: the middle gives way to "...". In the arena. */
const char *escape_fit(struct arena *a, const char *s, size_t columns);

#endif
