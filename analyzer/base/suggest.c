/*
 * Damerau-Levenshtein distance, the "optimal string alignment" form: three rows of the table are
 * enough. "Near enough" is a third of the word's letters, at least one: "--fromat" finds --format,
 * "-x" finds nothing.
 */
#include "base/suggest.h"

#include <string.h>

enum { LONGEST = 63, FAR_AWAY = 1000 };

static size_t least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

size_t edit_distance(const char *a, const char *b)
{
	size_t rows[3][LONGEST + 1] = {{0}};
	size_t n = strlen(a), m = strlen(b);

	if (n > LONGEST || m > LONGEST)
		return FAR_AWAY;
	for (size_t j = 0; j <= m; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			row[j] = least(row[j - 1] + 1, above[j] + 1,
				       above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    two[j - 2] + 1 < row[j])
				row[j] = two[j - 2] + 1;
		}
	}
	return rows[n % 3][m];
}

void suggest(struct suggestion *s, const char *candidate)
{
	size_t limit = strlen(s->word) / 3, d = edit_distance(s->word, candidate);

	if (!limit)
		limit = 1;
	if (d > limit || d >= strlen(candidate) || (s->best && d >= s->distance))
		return;
	s->best = candidate;
	s->distance = d;
}
