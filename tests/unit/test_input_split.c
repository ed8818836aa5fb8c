/* Quoting: a POSIX shell's, GNU response files', Windows'. */
#include "input/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void check(const struct split *s, const char *const *expected)
{
	size_t n = 0;

	while (expected[n])
		n++;
	assert_int_equal(s->starts.n, n);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(split_at(s, i), expected[i]);
		assert_int_equal(split_len(s, i), strlen(expected[i]));
	}
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void one_command(const char *command, const char *const *expected)
{
	struct split s = {0};
	const char *cursor = command;

	assert_true(split_shell(&cursor, &s));
	check(&s, expected);
	assert_false(split_shell(&cursor, &s));
	split_release(&s);
}

static void shell_quotes(void **state)
{
	(void)state;
	one_command("gcc  -c\tx.c", WORDS("gcc", "-c", "x.c"));
	one_command("a 'b c' \"d e\" f\\ g", WORDS("a", "b c", "d e", "f g"));
	one_command("-DN='\"x\"' -DM=\\\"y\\\"", WORDS("-DN=\"x\"", "-DM=\"y\""));
	one_command("\"a\\\"b\\\\c\\d\" ''", WORDS("a\"b\\c\\d", ""));
	one_command("a\\\nb \"c\\\nd\"", WORDS("ab", "cd"));
	one_command("a'b", WORDS("ab"));
	one_command("a\\", WORDS("a\\"));
	one_command("$X `y` *.c", WORDS("$X", "`y`", "*.c"));
}

static void shell_operators(void **state)
{
	struct split s = {0};
	const char *cursor = "cd x && gcc a.c 2>&1 >log ; 'objtool;' b|c";

	(void)state;
	assert_true(split_shell(&cursor, &s));
	check(&s, WORDS("cd", "x"));
	assert_true(split_shell(&cursor, &s));
	check(&s, WORDS("gcc", "a.c"));
	assert_true(split_shell(&cursor, &s));
	check(&s, WORDS("objtool;", "b"));
	assert_true(split_shell(&cursor, &s));
	check(&s, WORDS("c"));
	assert_false(split_shell(&cursor, &s));
	split_release(&s);
}

static void shell_nothing(void **state)
{
	static const char *const empty[] = {"", "  ", ";;", "> out", NULL};
	struct split s = {0};

	(void)state;
	for (size_t i = 0; empty[i]; i++) {
		const char *cursor = empty[i];

		assert_false(split_shell(&cursor, &s));
	}
	split_release(&s);
}

static void response_has_no_operators(void **state)
{
	struct split s = {0};

	(void)state;
	split_response("-Da;b\n'-D x'\r\n-I a\\ b&c", &s);
	check(&s, WORDS("-Da;b", "-D x", "-I", "a b&c"));
	split_release(&s);
}

static void windows_quotes(void **state)
{
	struct split s = {0};

	(void)state;
	split_windows("\"C:\\Program Files\\cl.exe\" /c a\\b.c", true, &s);
	check(&s, WORDS("C:\\Program Files\\cl.exe", "/c", "a\\b.c"));
	split_windows("cl /DA=\\\"x\\\" \"/I a b\\\\\" /DB=\\\\\\\"y", true, &s);
	check(&s, WORDS("cl", "/DA=\"x\"", "/I a b\\", "/DB=\\\"y"));
	split_windows("\"a\"\"b\" \"\" 'c d'", false, &s);
	check(&s, WORDS("a\"b", "", "'c", "d'"));
	split_release(&s);
}

/* Whatever goes in, each splitter ends, and hands out strings that lie in the text. */
static void any_bytes(void **state)
{
	static const char alphabet[] = "ab \t\n'\"\\;&|<>$1@-";
	struct split s = {0};
	unsigned seed = 1;
	char text[64];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t n = 0, total = 0;
		const char *cursor = text;

		while (n < sizeof(text) - 1 && (seed = seed * 1103515245u + 12345u) % 61)
			text[n++] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		text[n] = '\0';
		while (split_shell(&cursor, &s)) {
			for (size_t i = 0; i < s.starts.n; i++)
				total += strlen(split_at(&s, i));
		}
		assert_true(total <= n);
		assert_int_equal(*cursor, '\0');
		split_response(text, &s);
		split_windows(text, round % 2, &s);
		for (size_t i = 0; i < s.starts.n; i++)
			assert_int_equal(strlen(split_at(&s, i)), split_len(&s, i));
	}
	split_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shell_quotes),	  cmocka_unit_test(shell_operators),
		cmocka_unit_test(shell_nothing),  cmocka_unit_test(response_has_no_operators),
		cmocka_unit_test(windows_quotes), cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
