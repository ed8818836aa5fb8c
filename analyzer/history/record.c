/*
 * Writing one run: everything in one transaction, the row of the run marked complete last. Strings
 * go through the table `name`; ids found once are kept in a map for the rest of the run.
 */
#include "history/history.h"
#include "history/sql.h"
#include "base/text.h"

#include <string.h>

#define DOING "write the run to"

enum { INSERT_RUN, COMPLETE_RUN, FIND_NAME, ADD_NAME, ADD_FUNCTION, ADD_FINDING, N_STATEMENTS };

static const char *const statements[N_STATEMENTS] = {
	[INSERT_RUN] = "INSERT INTO run (time, commit_id, branch, dirty, tool, llvm, target, "
		       "platform, build,"
		       " flags_digest, units_total, units_measured, units_estimated, units_failed, "
		       "wall_ms,"
		       " cpu_ms, cache_hits) VALUES (:time, :commit, :branch, :dirty, :tool, "
		       ":llvm, :target,"
		       " :platform, :build, :flags_digest, :total, :measured, :estimated, :failed, "
		       ":wall_ms,"
		       " :cpu_ms, :cache_hits)",
	[COMPLETE_RUN] = "UPDATE run SET complete = 1 WHERE id = :run",
	[FIND_NAME] = "SELECT id FROM name WHERE text = :text",
	[ADD_NAME] = "INSERT INTO name (text) VALUES (:text)",
	[ADD_FUNCTION] = "INSERT INTO function (run, number, label, unit, symbol, module, file, "
			 "line, frame_bytes,"
			 " frame_kind, depth_bytes, bound) VALUES (:run, :number, :label, :unit, "
			 ":symbol, :module,"
			 " :file, :line, :frame_bytes, :frame_kind, :depth_bytes, :bound)",
	[ADD_FINDING] = "INSERT INTO finding (run, number, fingerprint, rule, severity, function, "
			"file, line,"
			" subject, message, bytes, limit_bytes, suppressed) VALUES (:run, :number, "
			":fingerprint,"
			" :rule, :severity, :function, :file, :line, :subject, :message, :bytes, "
			":limit_bytes,"
			" :suppressed)",
};

struct recorder {
	struct history *h;
	struct error *err;
	int64_t run;
	sqlite3_stmt *s[N_STATEMENTS];
	struct arena arena; /* labels and repaired strings */
	struct map names; /* text -> id */
};

static int step(struct recorder *r, int statement)
{
	return sql_step_once(r->h, r->s[statement], DOING, r->err);
}

/* The id in the database; 0 after an error. */
static int64_t find_or_add_name(struct recorder *r, const char *text)
{
	sqlite3_stmt *s = r->s[FIND_NAME];
	int64_t id = 0;
	int rc;

	sql_bind_text(r->h, s, ":text", text);
	rc = sql_step(r->h, s, DOING, r->err);
	if (rc == 1)
		id = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	if (rc)
		return rc < 0 ? 0 : id;
	sql_bind_text(r->h, r->s[ADD_NAME], ":text", text);
	return step(r, ADD_NAME) ? 0 : sqlite3_last_insert_rowid(r->h->db);
}

/* Binds the id of `text` (NULL: NULL). */
static int bind_name(struct recorder *r, int statement, const char *parameter, const char *text)
{
	uint64_t *id;

	if (!text) {
		sql_bind_null(r->h, r->s[statement], parameter);
		return 0;
	}
	id = map_put_str(&r->names, text, NULL);
	if (!*id) {
		/* Paths are bytes; other programs read the text as UTF-8. */
		*id = (uint64_t)find_or_add_name(r, text_utf8(&r->arena, text));
		if (!*id)
			return -1;
	}
	sql_bind_int(r->h, r->s[statement], parameter, (int64_t)*id);
	return 0;
}

static int insert_run(struct recorder *r, const struct history_run *run)
{
	sqlite3_stmt *s = r->s[INSERT_RUN];
	struct history *h = r->h;

	sql_bind_int(h, s, ":time", run->time);
	sql_bind_text(h, s, ":commit", run->commit);
	sql_bind_text(h, s, ":branch", run->branch);
	sql_bind_int(h, s, ":dirty", run->dirty);
	sql_bind_text(h, s, ":tool", run->tool);
	sql_bind_text(h, s, ":llvm", run->llvm);
	sql_bind_text(h, s, ":target", run->target);
	sql_bind_text(h, s, ":platform", run->platform);
	sql_bind_text(h, s, ":build", run->build);
	sql_bind_text(h, s, ":flags_digest", run->flags_digest);
	sql_bind_int(h, s, ":total", run->units_total);
	sql_bind_int(h, s, ":measured", run->units_measured);
	sql_bind_int(h, s, ":estimated", run->units_estimated);
	sql_bind_int(h, s, ":failed", run->units_failed);
	sql_bind_int(h, s, ":wall_ms", run->wall_ms);
	sql_bind_int(h, s, ":cpu_ms", run->cpu_ms);
	sql_bind_int(h, s, ":cache_hits", run->cache_hits);
	if (step(r, INSERT_RUN))
		return -1;
	r->run = sqlite3_last_insert_rowid(h->db);
	return 0;
}

static int add_function(struct recorder *r, const struct program *p, const struct depths *d,
			uint32_t func)
{
	const struct fact_func *f = p->funcs[func].fact;
	const struct facts *unit = p->units[p->funcs[func].unit];
	sqlite3_stmt *s = r->s[ADD_FUNCTION];

	sql_bind_int(r->h, s, ":run", r->run);
	sql_bind_int(r->h, s, ":number", func);
	sql_bind_int(r->h, s, ":line", f->loc.line);
	sql_bind_bytes(r->h, s, ":frame_bytes", f->frame_bytes);
	sql_bind_bytes(r->h, s, ":depth_bytes", d->v[func].bytes);
	if (bind_name(r, ADD_FUNCTION, ":label", program_func_label(p, &r->arena, func)) ||
	    bind_name(r, ADD_FUNCTION, ":unit", unit->unit) ||
	    bind_name(r, ADD_FUNCTION, ":symbol", f->symbol) ||
	    bind_name(r, ADD_FUNCTION, ":module", unit->module) ||
	    bind_name(r, ADD_FUNCTION, ":file", f->loc.file) ||
	    bind_name(r, ADD_FUNCTION, ":frame_kind", frame_kind_name(f->frame_kind)) ||
	    bind_name(r, ADD_FUNCTION, ":bound", bound_name(d->v[func].bound)))
		return -1;
	return step(r, ADD_FUNCTION);
}

static int add_finding(struct recorder *r, const struct finding *x, size_t number)
{
	sqlite3_stmt *s = r->s[ADD_FINDING];

	sql_bind_int(r->h, s, ":run", r->run);
	sql_bind_int(r->h, s, ":number", (int64_t)number);
	sql_bind_text(r->h, s, ":fingerprint", x->fingerprint);
	sql_bind_int(r->h, s, ":function", x->func);
	sql_bind_int(r->h, s, ":line", x->loc.line);
	sql_bind_bytes(r->h, s, ":bytes", x->bytes);
	sql_bind_bytes(r->h, s, ":limit_bytes", x->limit);
	sql_bind_int(r->h, s, ":suppressed", x->suppressed);
	if (bind_name(r, ADD_FINDING, ":rule", x->rule) ||
	    bind_name(r, ADD_FINDING, ":severity", severity_name(x->severity)) ||
	    bind_name(r, ADD_FINDING, ":file", x->loc.file) ||
	    bind_name(r, ADD_FINDING, ":subject", x->subject) ||
	    bind_name(r, ADD_FINDING, ":message", x->message))
		return -1;
	return step(r, ADD_FINDING);
}

static int prepare(struct recorder *r)
{
	for (int i = 0; i < N_STATEMENTS; i++) {
		r->s[i] = sql_prepare(r->h, statements[i], r->err);
		if (!r->s[i])
			return -1;
	}
	return 0;
}

static int write_run(struct recorder *r, const struct history_run *run, const struct program *p,
		     const struct depths *d, const struct findings *findings)
{
	if (insert_run(r, run))
		return -1;
	for (uint32_t i = 0; i < p->n_funcs; i++) {
		if (add_function(r, p, d, i))
			return -1;
	}
	for (size_t i = 0; i < findings->v.n; i++) {
		if (add_finding(r, &findings->v.v[i], i))
			return -1;
	}
	sql_bind_int(r->h, r->s[COMPLETE_RUN], ":run", r->run);
	return step(r, COMPLETE_RUN);
}

static void release(struct recorder *r)
{
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(r->s[i]);
	map_release(&r->names);
	arena_release(&r->arena);
}

int history_record(struct history *h, struct history_run *run, const struct program *p,
		   const struct depths *d, const struct findings *findings, struct error *err)
{
	struct recorder r = {.h = h, .err = err};
	int rc = -1;

	if (!prepare(&r) && !sql_run(h, "BEGIN IMMEDIATE", DOING, err)) {
		rc = write_run(&r, run, p, d, findings);
		if (!rc)
			rc = sql_run(h, "COMMIT", DOING, err);
		if (rc)
			sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
	}
	release(&r);
	if (!rc)
		run->id = r.run;
	return rc;
}
