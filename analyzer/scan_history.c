/*
 * A scan and the runs before it. The database stands in the project's own .stackcheck folder unless
 * --db says otherwise. What cannot be recorded there (a read-only tree, a full disk) costs a
 * warning and not the scan; what was asked for with --db costs the scan.
 */
#include "scan.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "places.h"
#include "progress.h"
#include "rules/finding_snapshot.h"
#include "rules/over_budget.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

/* Gives -1 when the error counts, 0 when a warning was enough. */
static int not_recorded(struct scan *s, const struct error *why, struct error *err)
{
	if (s->session.options->v[OPT_DB].given || why->kind != ERROR_SYSTEM) {
		*err = *why;
		return -1;
	}
	log_warning("this run is not recorded: %s (--no-db or --db FILE avoids this)",
		    text_printable(&s->session.arena, why->text));
	history_close(s->history);
	s->history = NULL;
	return 0;
}

int scan_open_history(struct scan *s, struct error *err)
{
	const struct options *o = s->session.options;
	const char *root = s->session.input.root, *path = o->v[OPT_DB].text;
	struct error why = {0};

	vcs_read(&s->vcs, root, &s->session.arena);
	if (o->v[OPT_NO_DB].given)
		return 0;
	if (!o->v[OPT_DB].given) {
		path = place_history(&s->session.arena, root);
		if (place_make_folder(root, &why))
			return not_recorded(s, &why, err);
	}
	s->history = history_open(path, false, &why);
	return s->history ? 0 : not_recorded(s, &why, err);
}

static int compare_strings(const void *a, const void *b)
{
	return str_compare(*(const char *const *)a, *(const char *const *)b);
}

/* Does the argument change the code that is made? Macros and search paths do as well, but they
   differ from unit to unit, and a source file more is no other kind of build. */
static bool makes_code(const char *argument)
{
	return str_starts(argument, "-O") || str_starts(argument, "-m") ||
	       str_starts(argument, "-f") || str_starts(argument, "-std=");
}

/* Runs are compared when this is equal: code generation flags of all units, and the part of the
 * tree that was asked for. */
static const char *flags_digest(struct scan *s)
{
	const struct session *session = &s->session;
	struct map seen = {0};
	const char **flags;
	char hex[HASH_HEX_SIZE];
	struct hash *hash = hash_open();

	for (size_t i = 0; i < session->input.jobs.n; i++)
		for (size_t j = 0; j < session->input.jobs.v[i].argc; j++)
			if (makes_code(session->input.jobs.v[i].argv[j]))
				map_put_str(&seen, session->input.jobs.v[i].argv[j], NULL);
	flags = arena_array(&s->session.arena, seen.n + 1, const char *);
	for (size_t i = 0; i < seen.n; i++)
		flags[i] = seen.entries[i].key;
	qsort(flags, seen.n, sizeof(*flags), compare_strings);
	for (size_t i = 0; i < seen.n; i++)
		hash_add_str(hash, flags[i]);
	map_release(&seen);
	hash_add_str(hash, NULL);
	/* Frames of another compiler's objects are another kind of run. */
	if (session->input.jobs.v[0].frames != FRAMES_RECOMPILE)
		hash_add_str(hash, session->options->v[OPT_FRAMES].text);
	if (session_verifier(session))
		hash_add_str(hash, "verifier");
	for (size_t i = 0; i < session->options->operands.n; i++) {
		const char *path =
			path_absolute(&s->session.arena, NULL, session->options->operands.v[i]);

		hash_add_str(hash, path_relative(session->input.root, path));
	}
	hash_close(hash, hex);
	return arena_strndup(&s->session.arena, hex, 32);
}

static void describe_failures(struct scan *s)
{
	const struct session *session = &s->session;
	const char *why;

	s->run.failed =
		arena_array(&s->session.arena, session->n_failed + 1, struct snapshot_failure);
	for (size_t i = 0; i < session->input.jobs.n; i++)
		if (session_failed(session, i, &why))
			s->run.failed[s->run.n_failed++] = (struct snapshot_failure){
				.unit = session->input.jobs.v[i].unit,
				.verdict = verdict_name(session->results[i].verdict),
				.reason = why,
			};
}

void scan_describe(struct scan *s)
{
	const struct session *session = &s->session;
	struct rusage self;

	getrusage(RUSAGE_SELF, &self);
	s->stats = (struct run_stats){
		.wall_seconds = clock_seconds() - s->start,
		.cpu_seconds = (double)(self.ru_utime.tv_sec + self.ru_stime.tv_sec) +
			       (double)(self.ru_utime.tv_usec + self.ru_stime.tv_usec) / 1e6 +
			       session->stats.worker_cpu_seconds,
		.cache_hits = session->stats.cache_hits,
		.cache_misses = session->stats.cache_misses,
		.peak_worker_kib = session->stats.peak_worker_kib,
		.peak_parent_kib = self.ru_maxrss,
	};
	s->run = (struct snapshot_run){
		.time = (int64_t)time(NULL),
		.commit = s->vcs.commit,
		.branch = s->vcs.branch,
		.dirty = s->vcs.dirty,
		.tool = STACKCHECK_VERSION,
		.llvm = LLVM_VERSION,
		.target = session->target,
		.platform = session->platform.name,
		.build = session->options->v[OPT_BUILD].text,
		.flags_digest = flags_digest(s),
		.config_digest = session->config_digest,
		.stack_bytes = session->platform.stack_bytes,
		.budget_bytes = s->rules.budget_bytes,
		.frame_limit = s->rules.frame_limit,
		/* Behind `--` stand flags for the sources that are named: they are all there is. */
		.whole = session->options->flags || !session->options->operands.n,
		.units_total = (int64_t)session->input.jobs.n,
		.units_measured = (int64_t)session->n_measured,
		.units_estimated = (int64_t)session->n_estimated,
		.units_failed = (int64_t)session->n_failed,
		.wall_ms = (int64_t)(s->stats.wall_seconds * 1000),
		.cpu_ms = (int64_t)(s->stats.cpu_seconds * 1000),
		.cache_hits = (int64_t)s->stats.cache_hits,
	};
	describe_failures(s);
}

static int compare_with_last(struct scan *s, struct error *err)
{
	struct map last = {0};
	bool found = false;
	int rc = history_last_fingerprints(s->history, &s->session.arena, &s->run, &last, &found,
					   err);

	for (size_t i = 0; !rc && found && i < s->findings.v.n; i++) {
		struct finding *f = &s->findings.v.v[i];

		f->state = map_find_str(&last, f->fingerprint) ? STATE_EXISTING : STATE_NEW;
	}
	map_release(&last);
	return rc;
}

static int record(struct scan *s, struct error *err)
{
	struct snapshot numbers = {0};
	int rc;

	snapshot_of_run(&numbers, &s->run, &s->session.program, &s->session.depths);
	entry_budgets(&numbers, &s->rules);
	finding_snapshot(&numbers, s->findings.v.v, s->findings.v.n);
	rc = history_record(s->history, &numbers, &s->run.id, err);
	snapshot_release(&numbers);
	return rc;
}

int scan_history(struct scan *s, struct error *err)
{
	struct error why = {0};

	scan_describe(s);
	if (!s->history)
		return 0;
	if (compare_with_last(s, &why) || record(s, &why))
		return not_recorded(s, &why, err);
	return 0;
}
