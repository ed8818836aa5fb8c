/* Counters, passed the expensive way. */
#include "mirrorblk.h"

/* Mistake: the whole structure is copied into the caller's outgoing arguments, where no frame warning looks. */
int stats_print(struct mirror_stats stats, char *to, size_t size)
{
	u64 reads = 0, writes = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(stats.reads); i++) {
		reads += stats.reads[i];
		writes += stats.writes[i];
	}
	return snprintf(to, size, "%llu reads, %llu writes, last error: %s", reads, writes,
			stats.last_error);
}

/* Mistake: what these two comments speak of was mended long ago; they would hide the next one. */
/* stackcheck: allow large-local because the sums were an array once */
/* stackcheck: recursion 4 because a mirror has four levels */
struct mirror_stats stats_sum(struct mirror_stats a, struct mirror_stats b)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(a.reads); i++) {
		a.reads[i] += b.reads[i];
		a.writes[i] += b.writes[i];
		a.latency_us[i] += b.latency_us[i];
	}
	return a;
}
