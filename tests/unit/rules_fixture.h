/* Runs one rule over a hand-made program. For use by test_rules_*.c. */
#ifndef STACKCHECK_TESTS_RULES_FIXTURE_H
#define STACKCHECK_TESTS_RULES_FIXTURE_H

#include "program_fixture.h"
#include "rules/rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct platform fixture_platform = {
	.name = "windows-x86",
	.stack_bytes = 12288,
	.budget_percent = 25,
};

/* Budget 3,072 bytes, frames up to 1,024, variables from 256. */
static inline struct rule_input fixture_input(const struct fixture *x)
{
	return (struct rule_input){
		.program = &x->program,
		.depths = &x->depths,
		.platform = &fixture_platform,
		.budget_bytes = 3072,
		.frame_limit = 1024,
		.large_local = 256,
	};
}

static inline void fixture_check(const struct fixture *x, const char *rule, struct findings *out)
{
	struct rule_input in = fixture_input(x);

	assert_non_null(rule_find(rule));
	rule_find(rule)->check(&in, out);
	findings_sort(out, &x->program);
	findings_fingerprint(out, &x->program);
	for (size_t i = 0; i < out->v.n; i++) {
		assert_string_equal(out->v.v[i].rule, rule);
		assert_true(out->v.v[i].severity <= rule_find(rule)->severity);
	}
}

static inline void assert_contains(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text ? text : "(null)");
}

#endif
