/* The units of a run: those that are in the database already are referred to, the others written with all they have. */
#include "history/recorder.h"

#include <string.h>

/* One name a line; NULL for none. */
static const char *lines(const char **v, size_t n, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s", i ? "\n" : "", v[i]);
	return n ? buf_str(out) : NULL;
}

static int bind_way(struct recorder *r, const struct snapshot_function *f)
{
	const struct snapshot *s = r->snapshot;
	sqlite3_stmt *stmt = r->s[ADD_FUNCTION];
	const char *unit = f->way == WAY_CALL ? s->functions[f->to].unit : NULL;
	const char *symbol = f->way == WAY_CALL	   ? s->functions[f->to].symbol
			     : f->way == WAY_FRAME ? NULL
						   : f->outside;

	sql_bind_bytes(r->h, stmt, ":outside_bytes", f->outside_bytes);
	sql_bind_bytes(r->h, stmt, ":call_bytes", f->call_bytes);
	sql_bind_int(r->h, stmt, ":call_line", f->call_line);
	return recorder_bind_name(r, ADD_FUNCTION, ":to_unit", unit) ||
	       recorder_bind_name(r, ADD_FUNCTION, ":to_symbol", symbol) ||
	       recorder_bind_name(r, ADD_FUNCTION, ":call_within", f->call_within) ||
	       recorder_bind_name(r, ADD_FUNCTION, ":call_file", f->call_file) ||
	       recorder_bind_name(r, ADD_FUNCTION, ":evidence", f->evidence);
}

static int bind_function_names(struct recorder *r, const struct snapshot_function *f,
			       const char *reasons)
{
	return recorder_bind_name(r, ADD_FUNCTION, ":label", f->label) ||
	       recorder_bind_name(r, ADD_FUNCTION, ":name", f->name) ||
	       recorder_bind_name(r, ADD_FUNCTION, ":symbol", f->symbol) ||
	       recorder_bind_name(r, ADD_FUNCTION, ":linkage", f->linkage) ||
	       recorder_bind_name(r, ADD_FUNCTION, ":file", f->file) ||
	       recorder_bind_name(r, ADD_FUNCTION, ":frame_kind", f->frame_kind) ||
	       recorder_bind_name(r, ADD_FUNCTION, ":bound", f->bound) ||
	       recorder_bind_name(r, ADD_FUNCTION, ":reasons", reasons) ||
	       recorder_bind_name(r, ADD_FUNCTION, ":context", f->context);
}

/* In words, which outlive changes of the bits' order. The map of names needs the text for the rest of the run. */
static const char *reasons_in_words(struct recorder *r, uint32_t reasons)
{
	struct buf text = {0};
	const char *words = intern_str(&r->words, reasons_text(reasons, &text));

	buf_release(&text);
	return words;
}

static int add_function(struct recorder *r, int64_t unit, uint32_t number,
			const struct snapshot_function *f)
{
	sqlite3_stmt *s = r->s[ADD_FUNCTION];
	struct buf inlined = {0}, callees = {0};
	bool own = f->budget_bytes != r->snapshot->run.budget_bytes;
	int rc;

	sql_bind_int(r->h, s, ":unit", unit);
	sql_bind_int(r->h, s, ":number", number);
	sql_bind_int(r->h, s, ":line", f->line);
	sql_bind_bytes(r->h, s, ":frame_bytes", f->frame_bytes);
	sql_bind_bytes(r->h, s, ":depth_bytes", f->depth_bytes);
	sql_bind_bytes(r->h, s, ":budget_bytes", own ? f->budget_bytes : BYTES_UNKNOWN);
	sql_bind_text(r->h, s, ":inlined", lines(f->inlined, f->n_inlined, &inlined));
	sql_bind_text(r->h, s, ":callees", lines(f->callees, f->n_callees, &callees));
	rc = bind_function_names(r, f, reasons_in_words(r, f->reasons)) || bind_way(r, f) ||
	     recorder_step(r, ADD_FUNCTION);
	buf_release(&inlined);
	buf_release(&callees);
	return rc ? -1 : 0;
}

static int add_part(struct recorder *r, int64_t unit, uint32_t function, size_t number,
		    const struct snapshot_part *p)
{
	sqlite3_stmt *s = r->s[ADD_PART];

	sql_bind_int(r->h, s, ":unit", unit);
	sql_bind_int(r->h, s, ":function", function);
	sql_bind_int(r->h, s, ":number", (int64_t)number);
	sql_bind_int(r->h, s, ":line", p->line);
	sql_bind_bytes(r->h, s, ":bytes", p->bytes);
	sql_bind_int(r->h, s, ":counted", p->counted);
	if (recorder_bind_name(r, ADD_PART, ":kind", p->kind) ||
	    recorder_bind_name(r, ADD_PART, ":name", p->name) ||
	    recorder_bind_name(r, ADD_PART, ":type", p->type) ||
	    recorder_bind_name(r, ADD_PART, ":declared_in", p->declared_in) ||
	    recorder_bind_name(r, ADD_PART, ":file", p->file))
		return -1;
	return recorder_step(r, ADD_PART);
}

static int add_functions(struct recorder *r, int64_t unit, uint32_t first, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct snapshot_function *f = &r->snapshot->functions[first + i];

		if (add_function(r, unit, i, f))
			return -1;
		for (size_t j = 0; j < f->n_parts; j++)
			if (add_part(r, unit, i, j, &f->parts[j]))
				return -1;
	}
	return 0;
}

/* The id of the unit's row, 0 after an error. */
static int64_t add_unit(struct recorder *r, uint32_t first, uint32_t n)
{
	const struct snapshot_function *f = &r->snapshot->functions[first];
	sqlite3_stmt *s = r->s[ADD_UNIT];
	unsigned char digest[DIGEST_SIZE];
	int64_t id;

	digest_unit(r->snapshot, first, n, digest);
	id = recorder_find(r, FIND_UNIT, digest);
	if (id)
		return id < 0 ? 0 : id;
	sql_bind_blob(r->h, s, ":digest", digest, sizeof(digest));
	if (recorder_bind_name(r, ADD_UNIT, ":name", f->unit) ||
	    recorder_bind_name(r, ADD_UNIT, ":module", f->module) || recorder_step(r, ADD_UNIT))
		return 0;
	id = sqlite3_last_insert_rowid(r->h->db);
	return add_functions(r, id, first, n) ? 0 : id;
}

static int add_run_unit(struct recorder *r, int64_t position, uint32_t first, uint32_t n)
{
	sqlite3_stmt *s = r->s[ADD_RUN_UNIT];
	int64_t id = add_unit(r, first, n);

	if (!id)
		return -1;
	sql_bind_int(r->h, s, ":run", r->run);
	sql_bind_int(r->h, s, ":position", position);
	sql_bind_int(r->h, s, ":first", first);
	sql_bind_int(r->h, s, ":unit", id);
	return recorder_step(r, ADD_RUN_UNIT);
}

static bool same_unit(const struct snapshot_function *x, const struct snapshot_function *y)
{
	return x->unit == y->unit && x->module == y->module;
}

int recorder_write_units(struct recorder *r)
{
	const struct snapshot *s = r->snapshot;
	int64_t position = 0;

	for (uint32_t first = 0, n; first < s->n_functions; first += n) {
		for (n = 1; first + n < s->n_functions &&
			    same_unit(&s->functions[first], &s->functions[first + n]);)
			n++;
		if (add_run_unit(r, position++, first, n))
			return -1;
	}
	return 0;
}
