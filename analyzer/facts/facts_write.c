#include "facts/facts.h"

#include <inttypes.h>
#include <string.h>

/* The text form is defined in FORMAT.md; facts_read.c is its other half. */

/* Blank, control bytes and '%' as %XX; the empty string as a lone '%'. */
static void put_escaped(struct buf *out, const char *s)
{
	static const char hex[] = "0123456789ABCDEF";

	if (!*s)
		buf_putc(out, '%');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c <= ' ' || c == '%' || c == 0x7f) {
			char code[3] = {'%', hex[c >> 4], hex[c & 15]};

			buf_add(out, code, 3);
		} else {
			buf_putc(out, *s);
		}
	}
}

static void put_word(struct buf *out, const char *s)
{
	buf_putc(out, ' ');
	put_escaped(out, s);
}

static void put_text(struct buf *out, const char *key, const char *value)
{
	if (!value)
		return;
	buf_printf(out, " %s=", key);
	put_escaped(out, value);
}

static void put_bytes(struct buf *out, const char *key, int64_t value)
{
	if (value != BYTES_UNKNOWN)
		buf_printf(out, " %s=%" PRId64, key, value);
}

static void put_loc(struct buf *out, const struct fact_loc *loc)
{
	if (!loc->file)
		return;
	buf_puts(out, " at=");
	put_escaped(out, loc->file);
	buf_printf(out, ":%" PRIu32 ":%" PRIu32, loc->line, loc->column);
}

static void write_head(const struct facts *f, struct buf *out)
{
	buf_printf(out, "stackcheck-facts %d\nunit", FACTS_VERSION);
	put_word(out, f->unit);
	put_text(out, "module", f->module);
	put_text(out, "target", f->target);
	put_text(out, "compiler", f->compiler);
	put_text(out, "object-note", f->object_note);
	if (f->n_checked)
		buf_printf(out, " checked=%" PRId64, f->n_checked);
	buf_printf(out, " status=%s\n", f->status == UNIT_OK ? "ok" : "estimated");
	for (size_t i = 0; i < f->problems.n; i++) {
		buf_puts(out, "problem");
		put_word(out, f->problems.v[i]);
		buf_putc(out, '\n');
	}
	for (size_t i = 0; i < f->inputs.n; i++) {
		buf_puts(out, "input");
		put_word(out, f->inputs.v[i]);
		buf_putc(out, '\n');
	}
}

static void write_aliases_and_binds(const struct facts *f, struct buf *out)
{
	for (size_t i = 0; i < f->aliases.n; i++) {
		const struct fact_alias *a = &f->aliases.v[i];

		buf_puts(out, "alias");
		put_word(out, a->symbol);
		put_text(out, "target", a->target);
		buf_printf(out, " linkage=%s\n", linkage_name(a->linkage));
	}
	for (size_t i = 0; i < f->binds.n; i++) {
		const struct fact_bind *b = &f->binds.v[i];

		buf_puts(out, "bind");
		put_word(out, b->symbol);
		put_text(out, "slot", b->slot);
		put_text(out, "within", b->within);
		put_loc(out, &b->loc);
		buf_putc(out, '\n');
	}
}

static void write_func(const struct fact_func *fn, struct buf *out)
{
	buf_puts(out, "func");
	put_word(out, fn->symbol);
	if (strcmp(fn->name, fn->symbol))
		put_text(out, "name", fn->name);
	buf_printf(out, " linkage=%s kind=%s origin=%s", linkage_name(fn->linkage),
		   frame_kind_name(fn->frame_kind), frame_origin_name(fn->frame_origin));
	put_bytes(out, "frame", fn->frame_bytes);
	buf_printf(out, " entry=%" PRIu32, fn->entry_bytes);
	if (fn->address_taken)
		buf_puts(out, " taken=1");
	put_text(out, "sig", fn->signature);
	put_text(out, "section", fn->section);
	put_text(out, "note", fn->frame_note);
	put_loc(out, &fn->loc);
	buf_putc(out, '\n');
}

static void write_part(const struct fact_part *p, struct buf *out)
{
	buf_printf(out, "\tpart %s", part_kind_name(p->kind));
	put_bytes(out, "bytes", p->bytes);
	if (p->counted != (p->bytes == BYTES_UNKNOWN ? 0 : p->bytes))
		put_bytes(out, "counted", p->counted);
	if (p->has_offset)
		buf_printf(out, " offset=%" PRId64, p->offset);
	put_text(out, "name", p->name);
	put_text(out, "type", p->type);
	if (p->aggregate)
		buf_puts(out, " aggregate=1");
	put_text(out, "in", p->declared_in);
	put_loc(out, &p->loc);
	buf_putc(out, '\n');
}

static void write_call(const struct fact_call *c, struct buf *out)
{
	buf_printf(out, "\tcall %s", call_kind_name(c->kind));
	put_text(out, "to", c->callee);
	put_bytes(out, "depth", c->depth_bytes);
	put_text(out, "within", c->within);
	put_text(out, "slot", c->slot);
	put_text(out, "sig", c->signature);
	put_loc(out, &c->loc);
	buf_putc(out, '\n');
}

static void write_mismatch(const struct fact_mismatch *m, struct buf *out)
{
	buf_printf(out, "\tmismatch %s", check_source_name(m->source));
	put_bytes(out, "bytes", m->bytes);
	put_text(out, "what", m->what);
	buf_putc(out, '\n');
}

void facts_write(struct facts *f, struct buf *out)
{
	size_t part = 0, call = 0, mismatch = 0;

	facts_sort(f);
	write_head(f, out);
	write_aliases_and_binds(f, out);
	for (size_t i = 0; i < f->funcs.n; i++) {
		write_func(&f->funcs.v[i], out);
		for (; part < f->parts.n && f->parts.v[part].func == i; part++)
			write_part(&f->parts.v[part], out);
		for (; call < f->calls.n && f->calls.v[call].func == i; call++)
			write_call(&f->calls.v[call], out);
		for (; mismatch < f->mismatches.n && f->mismatches.v[mismatch].func == i;
		     mismatch++)
			write_mismatch(&f->mismatches.v[mismatch], out);
	}
	buf_puts(out, "end\n");
}
