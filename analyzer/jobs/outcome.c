/*
 * Memory is the hard one: a limit shows as a failed allocation, and every program reports that in its own way (our own
 * message and status 4, LLVM's fatal error, bad_alloc) or dies of the NULL. So these are looked for, and a failure close
 * to the limit counts as well. The limit is on addresses and only resident memory is known afterwards: what a compiler
 * maps and never touches is allowed for. A SIGKILL that we did not send is the kernel's, for lack of memory.
 */
#include "jobs/outcome.h"
#include "base/text.h"
#include "jobs/server.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

enum { LINE_MAX_BYTES = 600, UNTOUCHED_KIB = 200 * 1024 };

const char *outcome_line(struct arena *a, const char *text)
{
	const char *whole = text_utf8(a, text);
	size_t n = strlen(whole);
	char *s;

	while (n && (unsigned char)whole[n - 1] <= ' ')
		n--;
	if (n > LINE_MAX_BYTES) {
		n = LINE_MAX_BYTES;
		while (n && ((unsigned char)whole[n] & 0xc0) == 0x80)
			n--;
	}
	s = arena_strndup(a, whole, n);
	for (char *p = s; *p; p++) {
		if (*p == '\n' || *p == '\t' || *p == '\r')
			*p = ' ';
	}
	return text_printable(a, s);
}

static bool says_out_of_memory(const char *text)
{
	static const char *const signs[] = {"out of memory", "std::bad_alloc",
					    "Cannot allocate memory", "Allocation failed",
					    "memory exhausted"};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (strcasestr(text, signs[i]))
			return true;
	}
	return false;
}

static bool near_memory_limit(const struct answer *a, const struct limits *limits)
{
	int64_t limit = (int64_t)limits->memory_mib * 1024;

	return a->peak_kib >= limit / 2 && a->peak_kib >= limit / 10 * 9 - UNTOUCHED_KIB;
}

static bool used_up_cpu(const struct answer *a, const struct limits *limits)
{
	return (WIFSIGNALED(a->status) && WTERMSIG(a->status) == SIGXCPU) ||
	       a->cpu_usec >= (int64_t)limits->cpu_seconds * 1000000;
}

static bool ran_out_of_memory(const struct answer *a, const struct limits *limits,
			      const char *sentence, const char *output)
{
	return near_memory_limit(a, limits) || says_out_of_memory(sentence) ||
	       says_out_of_memory(output) ||
	       (WIFSIGNALED(a->status) && WTERMSIG(a->status) == SIGKILL);
}

enum verdict outcome_starved(const struct outcome *o, const struct limits *limits,
			     const char *sentence, const char *output, struct arena *a,
			     const char **reason)
{
	const struct answer *ans = &o->answer;

	*reason = NULL;
	if (used_up_cpu(ans, limits)) {
		*reason = arena_printf(a, "used more than %u s of CPU time", limits->cpu_seconds);
		return VERDICT_TIMEOUT;
	}
	if (!ran_out_of_memory(ans, limits, sentence, output))
		return VERDICT_OK;
	if (WIFSIGNALED(ans->status) && WTERMSIG(ans->status) == SIGKILL)
		*reason =
			arena_printf(a,
				     "killed from outside with %lld MiB in use, most likely by the "
				     "kernel for lack of memory",
				     (long long)ans->peak_kib / 1024);
	else
		*reason = arena_printf(a, "needs more than the %u MiB of memory it may use",
				       limits->memory_mib);
	return VERDICT_OOM;
}

/* ": <first line of the output>", or "". */
static const char *first_line(struct arena *a, const char *output)
{
	size_t n = strcspn(output, "\n");

	if (!n)
		return "";
	return arena_printf(a, ": %s", outcome_line(a, arena_strndup(a, output, n)));
}

static enum verdict judge_failure(const struct answer *ans, const char *sentence,
				  const char *output, struct arena *a, const char **reason)
{
	int status = ans->status;

	if (WIFSIGNALED(status)) {
		*reason = arena_printf(a, "killed by signal %d (%s)%s", WTERMSIG(status),
				       strsignal(WTERMSIG(status)), first_line(a, output));
		return VERDICT_CRASHED;
	}
	if (WEXITSTATUS(status) == UNIT_REFUSED && *sentence)
		*reason = outcome_line(a, sentence);
	else if (WEXITSTATUS(status) == UNIT_NO_SPACE)
		*reason = "its result could not be written to the scratch directory (disk full?)";
	else
		*reason = arena_printf(a, "its process ended with status %d and without a result%s",
				       WEXITSTATUS(status), first_line(a, output));
	return VERDICT_FAILED;
}

enum verdict outcome_judge(const struct outcome *o, const struct limits *limits,
			   const char *sentence, const char *output, struct arena *a,
			   const char **reason)
{
	const struct answer *ans = &o->answer;
	enum verdict starved;

	*reason = NULL;
	if (o->lost[0]) {
		*reason = arena_strdup(a, o->lost);
		return o->lost_verdict;
	}
	if (ans->timed_out) {
		*reason = arena_printf(a, "took longer than %u s", limits->timeout_seconds);
		return VERDICT_TIMEOUT;
	}
	if (WIFEXITED(ans->status) && WEXITSTATUS(ans->status) == UNIT_DONE)
		return VERDICT_OK;
	starved = outcome_starved(o, limits, sentence, output, a, reason);
	return starved ? starved : judge_failure(ans, sentence, output, a, reason);
}
