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

static void write_alias(const struct fact_alias *a, struct buf *out)
{
	buf_puts(out, "alias");
	put_word(out, a->symbol);
	put_text(out, "target", a->target);
	buf_printf(out, " linkage=%s\n", linkage_name(a->linkage));
}

static void write_bind(const struct fact_bind *b, struct buf *out)
{
	buf_puts(out, "bind");
	put_word(out, b->symbol);
	put_text(out, "slot", b->slot);
	put_text(out, "object", b->object);
	put_text(out, "within", b->within);
	put_loc(out, &b->loc);
	buf_putc(out, '\n');
}

static void write_flow(const struct fact_flow *w, struct buf *out)
{
	buf_printf(out, "flow %s", flow_kind_name(w->kind));
	put_text(out, "from", w->from);
	put_text(out, "to", w->to);
	put_text(out, "within", w->within);
	put_loc(out, &w->loc);
	buf_putc(out, '\n');
}

static void put_ranges(struct buf *out, const char *key, const struct fact_range *v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		buf_printf(out, "%s%s%s%" PRIu32 ":%" PRIu32 "-%" PRIu32 ":%" PRIu32,
			   i ? "%20" : " ", i ? "" : key, i ? "" : "=", v[i].line, v[i].column,
			   v[i].last_line, v[i].last_column);
}

static void write_guard(const struct fact_guard *g, struct buf *out)
{
	buf_printf(out, "guard %s", guard_kind_name(g->kind));
	put_text(out, "within", g->within);
	put_text(out, "measure", g->measure);
	if (g->kind == GUARD_DEPTH)
		buf_printf(out, " param=%" PRIu32, g->param);
	put_bytes(out, g->threshold_is_param ? "threshold-param" : "threshold", g->threshold);
	if (g->counts_up)
		buf_puts(out, " up=1");
	if (g->once)
		buf_puts(out, " once=1");
	if (g->returned)
		buf_puts(out, " returned=1");
	put_text(out, "local", g->local);
	put_ranges(out, "pass", g->pass, g->n_pass);
	put_ranges(out, "fail", g->fail, g->n_fail);
	put_loc(out, &g->loc);
	buf_putc(out, '\n');
}

static void write_annotation(const struct fact_annotation *a, struct buf *out)
{
	buf_puts(out, "annotation");
	put_word(out, a->text);
	put_text(out, "within", a->within);
	put_loc(out, &a->loc);
	buf_putc(out, '\n');
}

static void write_source(const struct facts *f, struct buf *out)
{
	for (size_t i = 0; i < f->aliases.n; i++)
		write_alias(&f->aliases.v[i], out);
	for (size_t i = 0; i < f->binds.n; i++)
		write_bind(&f->binds.v[i], out);
	for (size_t i = 0; i < f->flows.n; i++)
		write_flow(&f->flows.v[i], out);
	for (size_t i = 0; i < f->guards.n; i++)
		write_guard(&f->guards.v[i], out);
	for (size_t i = 0; i < f->annotations.n; i++)
		write_annotation(&f->annotations.v[i], out);
}

static void put_marks(struct buf *out, uint32_t marks)
{
	const char *before = " marks=";

	for (unsigned i = 0; i < MARK_COUNT; i++) {
		if (!(marks & 1u << i))
			continue;
		buf_printf(out, "%s%s", before, func_mark_name((enum func_mark)i));
		before = ",";
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
	put_text(out, "role", fn->role);
	put_text(out, "parent", fn->parent);
	put_marks(out, fn->marks);
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
	if (p->in_loop)
		buf_puts(out, " loop=1");
	if (p->format_only)
		buf_puts(out, " format=1");
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
	put_text(out, "chain", c->chain);
	put_text(out, "slot", c->slot);
	put_text(out, "via", c->via);
	put_text(out, "object", c->object);
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

static void write_arg(const struct fact_arg *a, struct buf *out)
{
	static const char *const keys[] = {
		[ARG_FUNCTION] = "function", [ARG_SLOT] = "slot", [ARG_OBJECT] = "object"};

	buf_printf(out, "\t\targ %" PRIu32, a->position);
	if (a->kind == ARG_PARAM)
		buf_printf(out, " param=%" PRIu32, a->number);
	else if (a->kind != ARG_VALUE)
		put_text(out, keys[a->kind], a->text);
	if (a->kind == ARG_VALUE || (a->kind == ARG_PARAM && a->value))
		buf_printf(out, " value=%" PRId64, a->value);
	buf_putc(out, '\n');
}

static void write_value(const struct fact_value *v, struct buf *out)
{
	if (v->returned)
		buf_puts(out, "\tvalue returned");
	else
		buf_printf(out, "\tvalue %" PRIu32, v->number);
	put_text(out, "name", v->name);
	put_text(out, "type", v->type);
	put_bytes(out, "bytes", v->bytes);
	buf_putc(out, '\n');
}

void facts_write(struct facts *f, struct buf *out)
{
	size_t part = 0, call = 0, arg = 0, value = 0, mismatch = 0;

	facts_sort(f);
	write_head(f, out);
	write_source(f, out);
	for (size_t i = 0; i < f->funcs.n; i++) {
		write_func(&f->funcs.v[i], out);
		for (; part < f->parts.n && f->parts.v[part].func == i; part++)
			write_part(&f->parts.v[part], out);
		for (; call < f->calls.n && f->calls.v[call].func == i; call++) {
			write_call(&f->calls.v[call], out);
			for (; arg < f->args.n && f->args.v[arg].call == call; arg++)
				write_arg(&f->args.v[arg], out);
		}
		for (; value < f->values.n && f->values.v[value].func == i; value++)
			write_value(&f->values.v[value], out);
		for (; mismatch < f->mismatches.n && f->mismatches.v[mismatch].func == i;
		     mismatch++)
			write_mismatch(&f->mismatches.v[mismatch], out);
	}
	buf_puts(out, "end\n");
}
