/* Runs, and a function over them, for people. Input: what the history holds. */
#include "base/text.h"
#include "reports/difference.h"

#include <time.h>

static const char *when(int64_t seconds, char text[32])
{
	time_t t = (time_t)seconds;
	struct tm utc;

	strcpy(text, "?");
	if (gmtime_r(&t, &utc))
		strftime(text, 32, "%Y-%m-%d %H:%M:%S", &utc);
	return text;
}

void runs_write_text(const struct snapshot_run *runs, size_t n, struct buf *out)
{
	struct arena a = {0};
	char text[32];

	for (size_t i = 0; i < n; i++) {
		const struct snapshot_run *r = &runs[i];

		buf_printf(out, "%5lld  %s  %.12s%s  ", (long long)r->id, when(r->time, text),
			   r->commit ? r->commit : "no commit", r->dirty ? "+" : "");
		if (r->branch)
			buf_printf(out, "%s  ", text_printable(&a, r->branch));
		buf_printf(out, "%s  %s  ", text_printable(&a, r->target),
			   text_printable(&a, r->platform));
		if (r->build)
			buf_printf(out, "build %s  ", text_printable(&a, r->build));
		buf_printf(out, "%lld of %lld units%s\n", (long long)r->units_measured,
			   (long long)r->units_total, r->whole ? "" : ", a part of the tree");
	}
	arena_release(&a);
}

static bool same_series(const struct snapshot_point *x, const struct snapshot_point *y)
{
	return !strcmp(x->function.unit, y->function.unit) &&
	       !strcmp(x->function.symbol, y->function.symbol) &&
	       !str_compare(x->run->target, y->run->target) &&
	       !str_compare(x->run->build, y->run->build);
}

/* One of eight blocks for each depth of the series, from its least to its greatest; '.' where it is not known. */
static void sparkline(const struct snapshot_point *points, size_t n, size_t first, struct buf *out)
{
	static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	int64_t least = INT64_MAX, most = 0;

	for (size_t i = first; i < n; i++) {
		int64_t bytes = points[i].function.depth_bytes;

		if (!same_series(&points[first], &points[i]) || bytes == BYTES_UNKNOWN)
			continue;
		least = bytes < least ? bytes : least;
		most = bytes > most ? bytes : most;
	}
	for (size_t i = first; i < n; i++) {
		int64_t bytes = points[i].function.depth_bytes;

		if (!same_series(&points[first], &points[i]))
			continue;
		if (bytes == BYTES_UNKNOWN)
			buf_puts(out, ".");
		else
			buf_puts(out,
				 blocks[most == least ? 0 : (bytes - least) * 7 / (most - least)]);
	}
}

static void number(struct buf *out, struct arena *a, int64_t bytes)
{
	buf_printf(out, "%10s", bytes == BYTES_UNKNOWN ? "?" : text_thousands(a, bytes));
}

static void change(struct buf *out, int64_t before, int64_t after)
{
	if (before == BYTES_UNKNOWN || after == BYTES_UNKNOWN || before == after)
		buf_printf(out, "%10s", "");
	else
		buf_printf(out, "%+10lld", (long long)(after - before));
}

static void point(const struct snapshot_point *p, const struct snapshot_point *last,
		  struct arena *a, struct buf *out)
{
	char text[32];

	buf_printf(out, "%5lld  %s  %12.12s%c", (long long)p->run->id, when(p->run->time, text),
		   p->run->commit ? p->run->commit : "-", p->run->dirty ? '+' : ' ');
	number(out, a, p->function.frame_bytes);
	change(out, last ? last->function.frame_bytes : BYTES_UNKNOWN, p->function.frame_bytes);
	number(out, a, p->function.depth_bytes);
	change(out, last ? last->function.depth_bytes : BYTES_UNKNOWN, p->function.depth_bytes);
	buf_printf(out, "  %s\n", text_printable(a, p->function.bound));
}

static void series(const struct snapshot_point *points, size_t n, size_t first, bool *done,
		   struct buf *out)
{
	const struct snapshot_point *p = &points[first], *last = NULL;
	struct arena a = {0};

	buf_printf(out, "%s:%s  %s", text_printable(&a, p->function.unit),
		   text_printable(&a, p->function.symbol), text_printable(&a, p->run->target));
	if (p->run->build)
		buf_printf(out, "  build %s", text_printable(&a, p->run->build));
	buf_puts(out, "\ndepth  ");
	sparkline(points, n, first, out);
	buf_printf(out, "\n%5s  %-19s  %-13s%10s%10s%10s%10s\n", "run", "time (UTC)", "commit",
		   "frame", "change", "depth", "change");
	for (size_t i = first; i < n; i++) {
		if (!same_series(p, &points[i]))
			continue;
		point(&points[i], last, &a, out);
		last = &points[i];
		done[i] = true;
	}
	arena_release(&a);
}

void points_write_text(const struct snapshot_point *points, size_t n, struct buf *out)
{
	struct arena a = {0};
	bool *done = arena_array(&a, n + 1, bool);

	for (size_t i = 0; i < n; i++) {
		if (done[i])
			continue;
		buf_puts(out, out->len ? "\n" : "");
		series(points, n, i, done, out);
	}
	arena_release(&a);
}
