/*
 * Writing one run: everything in one transaction, the row of the run marked complete last. Strings go through the table
 * `name`; ids found once are kept in a map for the rest of the run. Units and findings that an earlier run has too, by
 * their digests, are only referred to.
 */
#include "history/history.h"
#include "history/recorder.h"

#include <string.h>

#define DOING "write the run to"

static const char *const statements[N_STATEMENTS] = {
	[INSERT_RUN] =
		"INSERT INTO run (id, time, commit_id, branch, dirty, tool, llvm, target, "
		"compilers, platform, build, flags_digest, config_digest, stack_bytes, "
		"budget_bytes, frame_limit_bytes, whole, has_details, has_callees, units_total, "
		"units_measured, units_estimated, units_failed, wall_ms, cpu_ms, cache_hits, "
		"base_usable) VALUES (:id, :time, :commit, :branch, :dirty, :tool, :llvm, :target, "
		":compilers, :platform, :build, :flags_digest, :config_digest, :stack_bytes, "
		":budget_bytes, :frame_limit, :whole, :has_details, :has_callees, :total, "
		":measured, :estimated, :failed, :wall_ms, :cpu_ms, :cache_hits, :base_usable)",
	[COMPLETE_RUN] = "UPDATE run SET complete = 1 WHERE id = :run",
	[ADD_FAILURE] = "INSERT INTO failure (run, number, unit, verdict, reason) VALUES (:run, "
			":number, :unit, :verdict, :reason)",
	[FIND_NAME] = "SELECT id FROM name WHERE text = :text",
	[ADD_NAME] = "INSERT INTO name (text) VALUES (:text)",
	[FIND_UNIT] = "SELECT id FROM unit WHERE digest = :digest",
	[ADD_UNIT] = "INSERT INTO unit (digest, name, module) VALUES (:digest, :name, :module)",
	[ADD_RUN_UNIT] = "INSERT INTO run_unit (run, position, first, unit) VALUES (:run, "
			 ":position, :first, :unit)",
	[ADD_FUNCTION] = "INSERT INTO function (unit, number, label, name, symbol, linkage, file, "
			 "line, frame_bytes, frame_kind, depth_bytes, bound, reasons, context, "
			 "budget_bytes, to_unit, to_symbol, outside_bytes, call_bytes, "
			 "call_within, call_file, call_line, evidence, inlined, callees) VALUES "
			 "(:unit, :number, :label, :name, :symbol, :linkage, :file, :line, "
			 ":frame_bytes, :frame_kind, :depth_bytes, :bound, :reasons, :context, "
			 ":budget_bytes, :to_unit, :to_symbol, :outside_bytes, :call_bytes, "
			 ":call_within, :call_file, :call_line, :evidence, :inlined, :callees)",
	[ADD_PART] = "INSERT INTO part (unit, function, number, kind, name, type, declared_in, "
		     "file, line, bytes, counted) VALUES (:unit, :function, :number, :kind, :name, "
		     ":type, :declared_in, :file, :line, :bytes, :counted)",
	[FIND_FINDING] = "SELECT id FROM finding WHERE digest = :digest",
	[ADD_FINDING] =
		"INSERT INTO finding (digest, fingerprint, rule, severity, file, line, col, "
		"subject, message, bytes, limit_bytes) VALUES (:digest, :fingerprint, "
		":rule, :severity, :file, :line, :col, :subject, :message, :bytes, "
		":limit_bytes)",
	[ADD_RUN_FINDING] = "INSERT INTO run_finding (run, number, finding, function, suppressed) "
			    "VALUES (:run, :number, :finding, :function, :suppressed)",
};

int recorder_step(struct recorder *r, enum recorder_statement statement)
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
	return recorder_step(r, ADD_NAME) ? 0 : sqlite3_last_insert_rowid(r->h->db);
}

int recorder_bind_name(struct recorder *r, enum recorder_statement statement, const char *parameter,
		       const char *text)
{
	uint64_t *id;

	if (!text) {
		sql_bind_null(r->h, r->s[statement], parameter);
		return 0;
	}
	id = map_put_str(&r->names, text, NULL);
	if (!*id) {
		*id = (uint64_t)find_or_add_name(r, text);
		if (!*id)
			return -1;
	}
	sql_bind_int(r->h, r->s[statement], parameter, (int64_t)*id);
	return 0;
}

int64_t recorder_find(struct recorder *r, enum recorder_statement statement,
		      const unsigned char *digest)
{
	sqlite3_stmt *s = r->s[statement];
	int64_t id;
	int rc;

	sql_bind_blob(r->h, s, ":digest", digest, DIGEST_SIZE);
	rc = sql_step(r->h, s, DOING, r->err);
	id = rc == 1 ? sqlite3_column_int64(s, 0) : rc;
	sqlite3_reset(s);
	return id;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static void bind_identity(struct recorder *r, const struct snapshot_run *run)
{
	sqlite3_stmt *s = r->s[INSERT_RUN];
	struct history *h = r->h;

	sql_bind_int(h, s, ":time", run->time);
	sql_bind_text(h, s, ":commit", run->commit);
	sql_bind_text(h, s, ":branch", run->branch);
	sql_bind_int(h, s, ":dirty", run->dirty);
	sql_bind_text(h, s, ":tool", or_empty(run->tool));
	sql_bind_text(h, s, ":llvm", or_empty(run->llvm));
	sql_bind_text(h, s, ":target", or_empty(run->target));
	sql_bind_text(h, s, ":compilers", run->compilers);
	sql_bind_text(h, s, ":platform", or_empty(run->platform));
	sql_bind_text(h, s, ":build", run->build);
	sql_bind_text(h, s, ":flags_digest", or_empty(run->flags_digest));
	sql_bind_text(h, s, ":config_digest", run->config_digest);
	sql_bind_int(h, s, ":whole", run->whole);
	sql_bind_int(h, s, ":base_usable", run->commit && !run->dirty && run->whole);
}

static int insert_run(struct recorder *r, const struct snapshot_run *run, int64_t id)
{
	sqlite3_stmt *s = r->s[INSERT_RUN];
	struct history *h = r->h;

	if (id)
		sql_bind_int(h, s, ":id", id);
	else
		sql_bind_null(h, s, ":id");
	bind_identity(r, run);
	sql_bind_bytes(h, s, ":stack_bytes", run->stack_bytes);
	sql_bind_bytes(h, s, ":budget_bytes", run->budget_bytes);
	sql_bind_bytes(h, s, ":frame_limit", run->frame_limit);
	sql_bind_int(h, s, ":has_details", run->has_details);
	sql_bind_int(h, s, ":has_callees", run->has_callees);
	sql_bind_int(h, s, ":total", run->units_total);
	sql_bind_int(h, s, ":measured", run->units_measured);
	sql_bind_int(h, s, ":estimated", run->units_estimated);
	sql_bind_int(h, s, ":failed", run->units_failed);
	sql_bind_int(h, s, ":wall_ms", run->wall_ms);
	sql_bind_int(h, s, ":cpu_ms", run->cpu_ms);
	sql_bind_int(h, s, ":cache_hits", run->cache_hits);
	if (recorder_step(r, INSERT_RUN))
		return -1;
	r->run = sqlite3_last_insert_rowid(h->db);
	return 0;
}

static int add_failure(struct recorder *r, const struct snapshot_failure *f, size_t number)
{
	sqlite3_stmt *s = r->s[ADD_FAILURE];

	sql_bind_int(r->h, s, ":run", r->run);
	sql_bind_int(r->h, s, ":number", (int64_t)number);
	sql_bind_text(r->h, s, ":unit", or_empty(f->unit));
	sql_bind_text(r->h, s, ":verdict", or_empty(f->verdict));
	sql_bind_text(r->h, s, ":reason", or_empty(f->reason));
	return recorder_step(r, ADD_FAILURE);
}

/* The id of the finding's row, 0 after an error. */
static int64_t add_finding(struct recorder *r, const struct snapshot_finding *x)
{
	sqlite3_stmt *s = r->s[ADD_FINDING];
	unsigned char digest[DIGEST_SIZE];
	int64_t id;

	digest_finding(x, digest);
	id = recorder_find(r, FIND_FINDING, digest);
	if (id)
		return id < 0 ? 0 : id;
	sql_bind_blob(r->h, s, ":digest", digest, sizeof(digest));
	sql_bind_text(r->h, s, ":fingerprint", x->fingerprint);
	sql_bind_int(r->h, s, ":line", x->line);
	sql_bind_int(r->h, s, ":col", x->column);
	sql_bind_bytes(r->h, s, ":bytes", x->bytes);
	sql_bind_bytes(r->h, s, ":limit_bytes", x->limit);
	if (recorder_bind_name(r, ADD_FINDING, ":rule", x->rule) ||
	    recorder_bind_name(r, ADD_FINDING, ":severity", x->severity) ||
	    recorder_bind_name(r, ADD_FINDING, ":file", x->file) ||
	    recorder_bind_name(r, ADD_FINDING, ":subject", x->subject) ||
	    recorder_bind_name(r, ADD_FINDING, ":message", x->message) ||
	    recorder_step(r, ADD_FINDING))
		return 0;
	return sqlite3_last_insert_rowid(r->h->db);
}

static int add_run_finding(struct recorder *r, const struct snapshot_finding *x, size_t number)
{
	sqlite3_stmt *s = r->s[ADD_RUN_FINDING];
	int64_t id = add_finding(r, x);

	if (!id)
		return -1;
	sql_bind_int(r->h, s, ":run", r->run);
	sql_bind_int(r->h, s, ":number", (int64_t)number);
	sql_bind_int(r->h, s, ":finding", id);
	if (x->func == NO_ID)
		sql_bind_null(r->h, s, ":function");
	else
		sql_bind_int(r->h, s, ":function", x->func);
	sql_bind_int(r->h, s, ":suppressed", x->suppressed);
	return recorder_step(r, ADD_RUN_FINDING);
}

int recorder_init(struct recorder *r, struct history *h, struct error *err)
{
	*r = (struct recorder){.h = h, .err = err};
	for (int i = 0; i < N_STATEMENTS; i++) {
		r->s[i] = sql_prepare(h, statements[i], err);
		if (!r->s[i])
			return -1;
	}
	return 0;
}

int recorder_write(struct recorder *r, const struct snapshot *s, int64_t id)
{
	r->snapshot = s;
	if (insert_run(r, &s->run, id))
		return -1;
	for (size_t i = 0; i < s->run.n_failed; i++)
		if (add_failure(r, &s->run.failed[i], i))
			return -1;
	if (recorder_write_units(r))
		return -1;
	for (size_t i = 0; i < s->findings.n; i++)
		if (add_run_finding(r, &s->findings.v[i], i))
			return -1;
	/* The keys are strings of this snapshot. */
	map_release(&r->names);
	sql_bind_int(r->h, r->s[COMPLETE_RUN], ":run", r->run);
	return recorder_step(r, COMPLETE_RUN);
}

void recorder_release(struct recorder *r)
{
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(r->s[i]);
	map_release(&r->names);
	intern_release(&r->words);
}

int history_record(struct history *h, const struct snapshot *s, int64_t *id, struct error *err)
{
	struct recorder r;
	int rc = -1;

	if (!recorder_init(&r, h, err) && !sql_run(h, "BEGIN IMMEDIATE", DOING, err)) {
		rc = recorder_write(&r, s, 0);
		if (!rc)
			rc = sql_run(h, "COMMIT", DOING, err);
		if (rc)
			sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
	}
	recorder_release(&r);
	if (!rc)
		*id = r.run;
	return rc;
}
