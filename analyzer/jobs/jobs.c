#include "jobs/jobs.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "jobs/cache.h"
#include "jobs/outcome.h"
#include "jobs/pool.h"
#include "jobs/scratch.h"
#include "jobs/server.h"
#include "jobs/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FACTS_MAX = 256 << 20, MESSAGE_MAX = 8 << 10 };

struct run {
	const struct job *jobs;
	size_t n, done;
	const struct jobs_options *options;
	struct unit_result *results;
	struct jobs_stats *stats;
	struct cache cache;
	struct signals signals;
	struct arena arena;
	char *scratch;
	size_t *queue; /* jobs that the cache did not have */
	size_t n_queue;
};

const char *verdict_name(enum verdict v)
{
	static const char *const names[] = {"ok",      "parse-errors", "crashed",
					    "timeout", "oom",	       "failed"};

	return names[v];
}

static void count_done(struct run *r, size_t i)
{
	const struct jobs_options *o = r->options;

	r->done++;
	if (o->progress)
		o->progress(o->progress_ctx, r->done, r->n, r->jobs[i].unit, r->results[i].verdict);
}

static void explain(const struct run *r, const struct job *job, const char *why)
{
	struct arena a = {0};

	if (r->options->explain_cache)
		fprintf(stderr, "stackcheck: analysing %s: %s\n", text_printable(&a, job->unit),
			text_printable(&a, why));
	arena_release(&a);
}

/* Takes what the cache has; the rest becomes the queue. */
static int look_up(struct run *r, struct error *err)
{
	for (size_t i = 0; i < r->n; i++) {
		struct arena a = {0};
		const char *why = cache_get(&r->cache, &r->jobs[i], &a, &r->results[i].facts);

		if (why) {
			r->queue[r->n_queue++] = i;
			explain(r, &r->jobs[i], why);
		} else {
			r->results[i].verdict = VERDICT_OK;
			r->results[i].from_cache = true;
			r->stats->cache_hits++;
			count_done(r, i);
		}
		arena_release(&a);
		if (signals_check(&r->signals, err))
			return -1;
	}
	r->stats->cache_misses = r->n_queue;
	return 0;
}

/* `text` with the unit's scratch directory, another one in every run, called "<scratch>". */
static const char *hide_scratch(struct arena *a, const char *text, const char *dir)
{
	struct buf out = {0};
	const char *at, *shown;

	while ((at = strstr(text, dir))) {
		buf_add(&out, text, (size_t)(at - text));
		buf_puts(&out, "<scratch>");
		text = at + strlen(dir);
	}
	buf_puts(&out, text);
	shown = arena_strdup(a, buf_str(&out));
	buf_release(&out);
	return shown;
}

/* The beginning of a file that the unit's process may have left; "" when there is none. */
static const char *read_message(struct arena *a, const char *dir, const char *path)
{
	/* It may have become a link or a FIFO: follow nothing, wait for nothing. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char text[MESSAGE_MAX];
	ssize_t n;

	if (fd < 0)
		return "";
	n = read(fd, text, sizeof(text));
	close(fd);
	return n > 0 ? hide_scratch(a, arena_strndup(a, text, (size_t)n), dir) : "";
}

/* The part of a file that holds a unit's facts. */
static int read_text(const char *path, const struct answer *answer, struct buf *text,
		     struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int64_t len = 0;
	struct stat st;
	int rc = -1;

	if (fd < 0)
		return error_set(err, "there are none");
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		error_set(err, "%s is not a regular file", path);
	else if (answer->facts_at > st.st_size ||
		 answer->facts_bytes > st.st_size - answer->facts_at)
		error_set(err, "%s is too short", path);
	else if ((len = answer->facts_bytes ? answer->facts_bytes : st.st_size - answer->facts_at) >
		 FACTS_MAX)
		error_set(err, "%s is larger than %d bytes", path, FACTS_MAX);
	else
		rc = 0;
	while (!rc && len) {
		char block[64 * 1024];
		ssize_t n =
			pread(fd, block, len < (int64_t)sizeof(block) ? (size_t)len : sizeof(block),
			      answer->facts_at + (int64_t)text->len);

		if (n <= 0)
			rc = error_system(err, n ? errno : 0, "cannot read %s", path);
		else
			buf_add(text, block, (size_t)n);
		len -= n;
	}
	close(fd);
	return rc;
}

/* Reads the unit's facts into the result; the text stays in `text` for the cache. */
static int read_facts(struct run *r, size_t i, const char *path, const struct answer *answer,
		      struct buf *text, struct error *err)
{
	struct facts *f = &r->results[i].facts;

	if (read_text(path, answer, text, err) ||
	    facts_read(f, buf_str(text), text->len, "facts", err))
		return -1;
	if (!strcmp(f->unit, r->jobs[i].unit))
		return 0;
	facts_release(f);
	*f = (struct facts){0};
	return error_set(err, "they are about another unit");
}

/* All errors of an estimated unit as one text. */
static const char *join_problems(struct arena *a, const struct facts *f)
{
	struct buf b = {0};
	const char *text;

	for (size_t i = 0; i < f->problems.n; i++)
		buf_printf(&b, "%s\n", f->problems.v[i]);
	text = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return text;
}

static void settle_estimate(struct run *r, size_t i, const char *output, const struct outcome *o)
{
	struct unit_result *result = &r->results[i];
	struct limits limits = pool_limits(r->options);
	struct arena a = {0};
	enum verdict starved = outcome_starved(o, &limits, join_problems(&a, &result->facts),
					       output, &result->facts.arena, &result->reason);

	result->verdict = starved ? starved : VERDICT_PARSE_ERRORS;
	if (!starved)
		cache_refuse(&r->cache, &r->jobs[i], "did not compile last time");
	arena_release(&a);
}

static void settle_facts(struct run *r, size_t i, const char *dir, const char *output,
			 const struct outcome *o)
{
	struct unit_result *result = &r->results[i];
	struct arena a = {0};
	struct buf text = {0};
	struct error err = {0};
	const char *path = unit_file(&a, dir, (size_t)o->answer.facts_of, UNIT_FACTS);

	if (read_facts(r, i, path, &o->answer, &text, &err)) {
		result->verdict = VERDICT_FAILED;
		result->reason = arena_printf(&result->facts.arena, "its worker gave bad facts: %s",
					      outcome_line(&a, hide_scratch(&a, err.text, dir)));
	} else if (result->facts.status == UNIT_ESTIMATED) {
		settle_estimate(r, i, output, o);
	} else if (r->jobs[i].check_su && !result->facts.n_checked) {
		cache_refuse(&r->cache, &r->jobs[i], "had nothing to be compared with last time");
	} else if (result->facts.problems.n) {
		/* Measured from the build's object; a header that was missing may be there next time. */
		cache_refuse(&r->cache, &r->jobs[i], "was not understood as a whole last time");
	} else {
		cache_put(&r->cache, &r->jobs[i], &result->facts, &text, &o->started);
	}
	buf_release(&text);
	arena_release(&a);
}

static void settle(void *ctx, size_t i, const char *dir, size_t in_order, const struct outcome *o)
{
	struct run *r = ctx;
	struct unit_result *result = &r->results[i];
	struct limits limits = pool_limits(r->options);
	struct arena a = {0};
	const char *output = "", *sentence = "";

	/* An object that was read leaves no messages. */
	if (!r->jobs[i].object_only || !o->answer.facts_bytes) {
		output = read_message(&a, dir, unit_file(&a, dir, in_order, UNIT_OUTPUT));
		sentence = read_message(&a, dir, unit_file(&a, dir, in_order, UNIT_SENTENCE));
	}
	result->verdict =
		outcome_judge(o, &limits, sentence, output, &result->facts.arena, &result->reason);
	if (result->verdict == VERDICT_OK)
		settle_facts(r, i, dir, output, o);
	if (result->reason)
		cache_refuse(&r->cache, &r->jobs[i],
			     arena_printf(&a, "%s last time", verdict_name(result->verdict)));
	arena_release(&a);
	count_done(r, i);
}

static int analyse(struct run *r, struct error *err)
{
	struct pool_request request = {.jobs = r->jobs,
				       .queue = r->queue,
				       .n = r->n_queue,
				       .options = r->options,
				       .signals = &r->signals,
				       .done = settle,
				       .ctx = r};
	int rc;

	if (!r->n_queue)
		return 0;
	if (scratch_make(&r->arena, &r->scratch, err))
		return -1;
	request.scratch = r->scratch;
	rc = pool_run(&request, r->stats, err);
	scratch_remove(r->scratch);
	return rc;
}

int jobs_run(const struct job *jobs, size_t n, const struct jobs_options *options,
	     struct unit_result *results, struct jobs_stats *stats, struct error *err)
{
	struct run r = {
		.jobs = jobs, .n = n, .options = options, .results = results, .stats = stats};
	int rc;

	memset(results, 0, n * sizeof(*results));
	*stats = (struct jobs_stats){0};
	if (cache_open(&r.cache, options->cache_dir, options->version, err))
		return -1;
	if (signals_hold(&r.signals, err)) {
		cache_release(&r.cache);
		return -1;
	}
	r.queue = mem_calloc(n, sizeof(*r.queue));
	rc = look_up(&r, err);
	if (!rc)
		rc = analyse(&r, err);
	if (rc)
		unit_results_release(results, n);
	free(r.queue);
	arena_release(&r.arena);
	cache_release(&r.cache);
	signals_release(&r.signals);
	return rc;
}

void unit_results_release(struct unit_result *results, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		facts_release(&results[i].facts);
		results[i] = (struct unit_result){0};
	}
}
