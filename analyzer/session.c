#include "session.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "places.h"
#include "progress.h"
#include "stack/guards.h"

#include <string.h>
#include <unistd.h>

static void tell_input(struct session *s)
{
	const struct input *in = &s->input;

	for (size_t i = 0; i < in->warnings.n; i++)
		log_warning("%s", text_printable(&s->arena, in->warnings.v[i]));
	if (in->database)
		log_note("%zu units from %s", in->jobs.n, text_printable(&s->arena, in->database));
	for (size_t i = 0; i < in->dropped.n; i++) {
		const struct dropped_flag *d = &in->dropped.v[i];

		log_note("dropped %s from %zu command%s: %s", text_printable(&s->arena, d->flag),
			 d->units, d->units == 1 ? "" : "s", d->why);
	}
	if (in->skipped)
		log_note("skipped %zu entries that are not C", in->skipped);
}

int session_input(struct session *s, size_t first, struct error *err)
{
	const struct options *o = s->options;
	struct input_request request = {
		.database = o->v[OPT_DATABASE].given ? o->v[OPT_DATABASE].text : NULL,
		.paths = o->operands.n > first ? o->operands.v + first : NULL,
		.n_paths = o->operands.n - first,
		.flags = o->flags,
		.n_flags = o->n_flags,
		.root = o->v[OPT_ROOT].given ? o->v[OPT_ROOT].text : NULL,
		.target = o->v[OPT_TARGET].given ? o->v[OPT_TARGET].text : NULL,
		.maps = o->v[OPT_MAP].list.v,
		.n_maps = o->v[OPT_MAP].list.n,
		.objects_only = o->v[OPT_OBJECTS_ONLY].given,
	};

	if (request.objects_only &&
	    (o->flags || request.database || request.target || o->v[OPT_FRAMES].given ||
	     o->v[OPT_OBJECTS].given || o->v[OPT_CHECK_SU].given))
		return error_set(err,
				 "--objects-only reads nothing but the files named: it goes "
				 "without -p, --target, --frames, --objects, --check-su and flags");
	if (o->flags && request.database)
		return error_set(err, "flags behind -- replace a database: give either them or -p");
	if (input_read(&s->input, &request, err) || session_frames(s, err) ||
	    session_config(s, first, s->input.root, err))
		return -1;
	tell_input(s);
	if (!s->input.jobs.n)
		return error_set(err, "there is nothing to analyse: %s holds no C unit%s",
				 s->input.database ? s->input.database : "the command line",
				 request.n_paths ? " under the paths given" : "");
	return 0;
}

/* Tool, compiler and the worker's own bytes: a worker that was built anew measures anew. */
static int cache_version(struct session *s, const char *worker, const char **version,
			 struct error *err)
{
	struct buf bytes = {0};
	char hex[HASH_HEX_SIZE];

	if (file_read(worker, 0, &bytes, err)) {
		err->kind = ERROR_SYSTEM;
		buf_release(&bytes);
		return -1;
	}
	hash_hex(bytes.data, bytes.len, hex);
	buf_release(&bytes);
	*version = arena_printf(&s->arena, "stackcheck %s, clang %s, worker %.16s",
				STACKCHECK_VERSION, LLVM_VERSION, hex);
	return 0;
}

static const char *cache_folder(struct session *s)
{
	const struct options *o = s->options;
	const char *folder;

	if (o->v[OPT_NO_CACHE].given)
		return NULL;
	if (o->v[OPT_CACHE].given)
		return path_absolute(&s->arena, NULL, o->v[OPT_CACHE].text);
	folder = place_cache(&s->arena);
	if (!folder)
		log_note("no cache: neither XDG_CACHE_HOME nor HOME is set");
	return folder;
}

static unsigned processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (unsigned)n : 1;
}

bool session_failed(const struct session *s, size_t job, const char **why)
{
	const struct unit_result *r = &s->results[job];
	const char *unit = s->input.jobs.v[job].unit, *reason = r->reason;
	size_t n = strlen(unit);

	if (r->verdict == VERDICT_OK || r->verdict == VERDICT_PARSE_ERRORS)
		return false;
	if (!reason)
		reason = "no reason was given";
	if (!strncmp(reason, unit, n) && str_starts(reason + n, ": "))
		reason += n + 2;
	if (why)
		*why = reason;
	return true;
}

void session_tell_failures(struct session *s)
{
	for (size_t i = 0; i < s->input.jobs.n; i++) {
		const char *unit = text_printable(&s->arena, s->input.jobs.v[i].unit), *why;
		enum verdict v = s->results[i].verdict;

		if (session_failed(s, i, &why))
			log_warning("%s: %s: %s", unit, verdict_name(v),
				    text_printable(&s->arena, why));
	}
}

static bool is_incomplete(const struct session *s, size_t job)
{
	const struct unit_result *r = &s->results[job];

	return r->verdict != VERDICT_OK ||
	       (s->input.jobs.v[job].frames == FRAMES_OBJECTS && r->facts.object_note);
}

/* Sorts the results into measured, estimated and failed; s->units gets what has facts. */
static void count_results(struct session *s)
{
	size_t n = s->input.jobs.n;

	s->units = arena_array(&s->arena, n, const struct facts *);
	for (size_t i = 0; i < n; i++) {
		if (is_incomplete(s, i))
			s->n_incomplete++;
		if (session_failed(s, i, NULL)) {
			s->n_failed++;
			continue;
		}
		if (s->results[i].verdict == VERDICT_OK)
			s->n_measured++;
		else
			s->n_estimated++;
		s->units[s->n_units++] = &s->results[i].facts;
	}
}

int session_units(struct session *s, struct error *err)
{
	const struct options *o = s->options;
	int64_t parallel = o->v[OPT_JOBS].number;
	struct progress progress;
	struct jobs_options options = {
		.worker = place_worker(&s->arena, err),
		.cache_dir = cache_folder(s),
		.parallel = parallel ? (unsigned)parallel : processors(),
		.timeout_seconds = (unsigned)o->v[OPT_TIMEOUT].number,
		.cpu_seconds = (unsigned)o->v[OPT_CPU].number,
		.memory_mib = (unsigned)o->v[OPT_MEMORY].number,
		.explain_cache = o->v[OPT_EXPLAIN_CACHE].given,
		.progress = progress_unit,
		.progress_ctx = &progress,
	};
	int rc;

	if (!options.worker || cache_version(s, options.worker, &options.version, err))
		return -1;
	s->results = arena_array(&s->arena, s->input.jobs.n, struct unit_result);
	progress_init(&progress, o->v[OPT_QUIET].given || options.explain_cache);
	rc = jobs_run(s->input.jobs.v, s->input.jobs.n, &options, s->results, &s->stats, err);
	progress_end(&progress);
	if (!rc)
		count_results(s);
	return rc;
}

/* The triple of a job; an object's own is known when it was read. */
static const char *target_of(const struct session *s, size_t job)
{
	const char *measured = s->results[job].facts.target;

	return s->input.jobs.v[job].object_only && measured ? measured
							    : s->input.jobs.v[job].target;
}

/* What the platform is chosen by: a unit with facts, if there is one. */
static const char *first_target(const struct session *s)
{
	return s->n_units ? s->units[0]->target : target_of(s, 0);
}

/* All triples of the jobs, in order of first appearance; the first one chooses the platform. */
static void join_targets(struct session *s)
{
	struct map seen = {0};
	struct buf joined = {0};

	for (size_t i = 0; i < s->input.jobs.n; i++) {
		bool made;

		/* What a failed object is for is not known, and of no interest. */
		if (session_failed(s, i, NULL) && s->input.jobs.v[i].object_only && s->n_units)
			continue;
		map_put_str(&seen, target_of(s, i), &made);
		if (made)
			buf_printf(&joined, "%s%s", seen.n > 1 ? "," : "", target_of(s, i));
	}
	if (seen.n > 1)
		log_warning("units of several targets (%s) are held against one platform; "
			    "scan them one at a time, or name one with --target",
			    buf_str(&joined));
	s->target = arena_strdup(&s->arena, buf_str(&joined));
	buf_release(&joined);
	map_release(&seen);
}

int session_platform(struct session *s, struct error *err)
{
	const char *name;

	join_targets(s);
	name = platform_choose(first_target(s), s->input.linux_like, s->input.windows_like);
	name = session_platform_name(s, name);
	if (platform_load(&s->platform, place_platforms(&s->arena), name, err))
		return -1;
	log_note("target %s, platform %s", s->target, s->platform.name);
	return 0;
}

int session_link(struct session *s, struct error *err)
{
	const struct option_value *entries = &s->options->v[OPT_ENTRY];
	struct link_options options = {
		.entries = entries->list.v,
		/* Without any unit every name would be unknown, and that is not what went wrong. */
		.n_entries = s->n_units ? entries->list.n : 0,
		.model = &s->model,
	};

	if (session_model(s, err))
		return -1;
	if (program_link(&s->program, s->units, s->n_units, &options, err))
		return -1;
	for (uint32_t i = 0; i < s->program.n_warnings; i++)
		log_note("%s", text_printable(&s->arena, s->program.warnings[i]));
	program_check(&s->program);
	return 0;
}

void session_solve(struct session *s)
{
	depths_solve(&s->depths, &s->program);
	if (guards_limit_turns(&s->program, &s->depths)) {
		depths_release(&s->depths);
		depths_solve(&s->depths, &s->program);
	}
	stack_check(&s->program, &s->depths);
}

void session_release(struct session *s)
{
	depths_release(&s->depths);
	program_release(&s->program);
	session_release_models(s);
	platform_release(&s->platform);
	if (s->results)
		unit_results_release(s->results, s->input.jobs.n);
	input_release(&s->input);
	arena_release(&s->arena);
}
