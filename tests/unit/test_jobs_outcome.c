/* Verdicts from the ways in which a process ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "jobs/outcome.h"
#include "jobs/server.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define EXIT(n) ((n) << 8)
enum { MIB = 1024, SECOND = 1000000 };

static const struct limits limits = {.timeout_seconds = 30, .cpu_seconds = 20, .memory_mib = 1000};

static const struct {
	struct answer answer;
	const char *sentence, *output;
	enum verdict verdict;
	const char *reason; /* part of it */
} cases[] = {
	{{.status = EXIT(UNIT_DONE)}, "", "out of memory", VERDICT_OK, NULL},
	{{.status = EXIT(UNIT_DONE), .peak_kib = 999 * MIB}, "", "", VERDICT_OK, NULL},
	{{.status = SIGKILL, .timed_out = true}, "", "", VERDICT_TIMEOUT, "longer than 30 s"},
	{{.status = SIGXCPU}, "", "", VERDICT_TIMEOUT, "more than 20 s of CPU"},
	/* The compiler hit the CPU limit, and the unit's process reports only that it died. */
	{{.status = EXIT(UNIT_REFUSED), .cpu_usec = 20 * SECOND},
	 "clang was killed",
	 "",
	 VERDICT_TIMEOUT,
	 "more than 20 s of CPU"},
	{{.status = SIGSEGV}, "", "", VERDICT_CRASHED, "signal 11 (Segmentation fault)"},
	{{.status = SIGABRT | 0x80}, "", "why\nmore", VERDICT_CRASHED, "signal 6 (Aborted): why"},
	{{.status = SIGSEGV, .peak_kib = 900 * MIB}, "", "", VERDICT_OOM, "than the 1000 MiB"},
	{{.status = SIGABRT}, "", "LLVM ERROR: out of memory", VERDICT_OOM, "1000 MiB"},
	{{.status = EXIT(4)}, "", "stackcheck: out of memory (1 x 9 bytes)", VERDICT_OOM, "1000"},
	{{.status = EXIT(UNIT_REFUSED)}, "clang: Out of memory", "", VERDICT_OOM, "1000 MiB"},
	{{.status = SIGKILL, .peak_kib = 300 * MIB}, "", "", VERDICT_OOM, "with 300 MiB in use"},
	{{.status = EXIT(UNIT_REFUSED)}, "x.c is\tgone\n", "", VERDICT_FAILED, "x.c is gone"},
	{{.status = EXIT(UNIT_REFUSED)}, "", "", VERDICT_FAILED, "status 3 and without"},
	{{.status = EXIT(UNIT_NO_SPACE)}, "", "", VERDICT_FAILED, "disk full"},
	{{.status = EXIT(9)}, "", "", VERDICT_FAILED, "status 9"},
};

static void test_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct outcome o = {.answer = cases[i].answer};
		struct arena a = {0};
		const char *reason;
		enum verdict v =
			outcome_judge(&o, &limits, cases[i].sentence, cases[i].output, &a, &reason);

		assert_string_equal(verdict_name(v), verdict_name(cases[i].verdict));
		if (!cases[i].reason)
			assert_null(reason);
		else if (!strstr(reason, cases[i].reason))
			fail_msg("case %zu: \"%s\" has no \"%s\"", i, reason, cases[i].reason);
		arena_release(&a);
	}
}

static void test_lost_server(void **state)
{
	struct outcome o = {.lost = "its worker ended", .lost_verdict = VERDICT_FAILED};
	struct arena a = {0};
	const char *reason;

	(void)state;
	assert_int_equal(outcome_judge(&o, &limits, "", "", &a, &reason), VERDICT_FAILED);
	assert_string_equal(reason, "its worker ended");
	arena_release(&a);
}

static void test_lines_are_printable_and_short(void **state)
{
	struct arena a = {0};
	char big[4000];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(big); i++)
		big[i] = i % 2 ? '\x9f' : '\xc3'; /* two bytes a letter */
	big[sizeof(big) - 1] = '\0';
	assert_true(strlen(outcome_line(&a, big)) <= 600);
	assert_string_equal(outcome_line(&a, "a\nb\r\n\n"), "a b");
	assert_null(strchr(outcome_line(&a, "\033[2J\007"), '\033'));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_lost_server),
		cmocka_unit_test(test_lines_are_printable_and_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
