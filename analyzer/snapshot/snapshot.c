/* What every snapshot can be asked, wherever it was made. */
#include "snapshot/snapshot.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>

const char *snapshot_str(struct snapshot *s, const char *text)
{
	return text ? intern_str(&s->strings, text_utf8(&s->arena, text)) : NULL;
}

void snapshot_copy_run(struct snapshot *s, const struct snapshot_run *run)
{
	struct snapshot_run *r = &s->run;
	const char **texts[] = {&r->commit,    &r->branch,	 &r->tool,  &r->llvm,
				&r->target,    &r->platform,	 &r->build, &r->flags_digest,
				&r->compilers, &r->config_digest};

	*r = *run;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		*texts[i] = snapshot_str(s, *texts[i]);
	r->failed = arena_array(&s->arena, run->n_failed + 1, struct snapshot_failure);
	for (size_t i = 0; i < run->n_failed; i++)
		r->failed[i] = (struct snapshot_failure){
			.unit = snapshot_str(s, run->failed[i].unit),
			.verdict = snapshot_str(s, run->failed[i].verdict),
			.reason = snapshot_str(s, run->failed[i].reason),
		};
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t snapshot_sort_unique(const char **v, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(v, n, sizeof(*v), compare_strings);
	for (size_t i = 0; i < n; i++)
		if (!kept || v[kept - 1] != v[i])
			v[kept++] = v[i];
	return kept;
}

static int compare_entries(const void *a, const void *b, void *functions)
{
	const struct snapshot_function *all = functions;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	int c;

	if (all[i].depth_bytes != all[j].depth_bytes)
		return all[i].depth_bytes > all[j].depth_bytes ? -1 : 1;
	c = strcmp(all[i].label, all[j].label);
	return c ? c : (i > j) - (i < j);
}

static void collect_entries(struct snapshot *s)
{
	s->entries = arena_array(&s->arena, s->n_functions + 1, uint32_t);
	s->n_entries = 0;
	for (uint32_t i = 0; i < s->n_functions; i++)
		if (s->functions[i].context)
			s->entries[s->n_entries++] = i;
	if (s->n_entries)
		qsort_r(s->entries, s->n_entries, sizeof(*s->entries), compare_entries,
			s->functions);
}

/* Worst paths never run in circles, but a stored function is found again by unit and symbol, of which there may be two,
   and a file can say anything. Every function is walked over once; a walk that meets itself ends before that. */
static void break_circles(struct snapshot *s)
{
	uint32_t *walk = mem_calloc((size_t)s->n_functions + 1, sizeof(*walk));

	for (uint32_t i = 0; i < s->n_functions; i++) {
		uint32_t at = i;

		while (!walk[at]) {
			struct snapshot_function *f = &s->functions[at];

			walk[at] = i + 1;
			if (f->way != WAY_CALL)
				break;
			if (f->to >= s->n_functions || walk[f->to] == i + 1) {
				f->way = WAY_FRAME;
				break;
			}
			at = f->to;
		}
	}
	free(walk);
}

void snapshot_finish(struct snapshot *s)
{
	collect_entries(s);
	break_circles(s);
}

static int64_t known(int64_t bytes)
{
	return bytes == BYTES_UNKNOWN ? 0 : bytes;
}

/* A function's depth less the depth of what follows it: right as well where a call's own depth is not known. */
static struct snapshot_step make_step(const struct snapshot *s, uint32_t func)
{
	const struct snapshot_function *f = &s->functions[func];
	bool ends = f->way == WAY_FRAME;
	struct snapshot_step step = {
		.func = func,
		.way = f->way,
		.label = f->label,
		.symbol = f->symbol,
		.name = f->name,
		.within = ends ? NULL : f->call_within,
		.file = ends ? f->file : f->call_file,
		.line = ends ? f->line : f->call_line,
		.bytes = ends ? f->frame_bytes : f->call_bytes,
		.share = known(f->depth_bytes),
	};

	if (f->way == WAY_CALL)
		step.share -= known(s->functions[f->to].depth_bytes);
	if (f->way == WAY_OUTSIDE)
		step.share -= known(f->outside_bytes);
	return step;
}

void snapshot_path(const struct snapshot *s, uint32_t func, struct arena *a,
		   struct snapshot_path *out)
{
	const struct snapshot_function *f;
	size_t n = 2;

	for (f = &s->functions[func]; f->way == WAY_CALL; f = &s->functions[f->to])
		n++;
	out->steps = arena_array(a, n, struct snapshot_step);
	out->n = 0;
	for (;; func = f->to) {
		f = &s->functions[func];
		out->steps[out->n++] = make_step(s, func);
		if (f->way != WAY_CALL)
			break;
	}
	if (f->way == WAY_OUTSIDE)
		out->steps[out->n++] = (struct snapshot_step){
			.func = NO_ID,
			.way = WAY_FRAME,
			.label = f->outside,
			.symbol = f->outside,
			.name = f->outside,
			.bytes = f->outside_bytes,
			.share = known(f->outside_bytes),
		};
}

/* "file.c:name" is split at the last colon; a label "unit:symbol" is tried whole first. */
bool snapshot_is_called(const struct snapshot_function *f, const char *name)
{
	const char *colon = strrchr(name, ':');
	size_t n;

	if (!strcmp(f->symbol, name) || !strcmp(f->name, name) || !strcmp(f->label, name))
		return true;
	if (!colon || (strcmp(f->symbol, colon + 1) != 0 && strcmp(f->name, colon + 1) != 0))
		return false;
	n = strlen(f->unit);
	return n >= (size_t)(colon - name) &&
	       !memcmp(f->unit + n - (colon - name), name, (size_t)(colon - name)) &&
	       (n == (size_t)(colon - name) || f->unit[n - (size_t)(colon - name) - 1] == '/');
}

uint32_t *snapshot_find(const struct snapshot *s, struct arena *a, const char *name, size_t *n)
{
	VEC(uint32_t) found = {0};
	uint32_t *ids;

	for (uint32_t i = 0; i < s->n_functions; i++)
		if (snapshot_is_called(&s->functions[i], name))
			*vec_push(&found) = i;
	*n = found.n;
	ids = arena_array(a, found.n + 1, uint32_t);
	if (found.n)
		memcpy(ids, found.v, found.n * sizeof(*ids));
	vec_release(&found);
	return ids;
}

uint32_t snapshot_function(const struct snapshot *s, const char *unit, const char *symbol)
{
	for (uint32_t i = 0; i < s->n_functions; i++)
		if (!strcmp(s->functions[i].symbol, symbol) && !strcmp(s->functions[i].unit, unit))
			return i;
	return NO_ID;
}

const char **snapshot_differences(const struct snapshot_run *x, const struct snapshot_run *y,
				  struct arena *a, size_t *n)
{
	const struct {
		const char *what, *x, *y;
		bool unset; /* NULL is a value too: not set */
	} pairs[] = {
		{"stackcheck", x->tool, y->tool, false},
		{"LLVM", x->llvm, y->llvm, false},
		{"target", x->target, y->target, false},
		{"compiler", x->compilers, y->compilers, false},
		{"platform", x->platform, y->platform, false},
		{"build", x->build, y->build, true},
		{"flags or paths", x->flags_digest, y->flags_digest, false},
		{"configuration", x->config_digest, y->config_digest, false},
	};
	const char **out = arena_array(a, sizeof(pairs) / sizeof(*pairs), const char *);

	*n = 0;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		if ((!pairs[i].unset && (!pairs[i].x || !pairs[i].y)) ||
		    !str_compare(pairs[i].x, pairs[i].y))
			continue;
		out[(*n)++] = arena_printf(a, "%s %s and %s", pairs[i].what,
					   pairs[i].x ? pairs[i].x : "(none)",
					   pairs[i].y ? pairs[i].y : "(none)");
	}
	return out;
}

void snapshot_release(struct snapshot *s)
{
	vec_release(&s->findings);
	intern_release(&s->strings);
	arena_release(&s->arena);
	*s = (struct snapshot){0};
}
