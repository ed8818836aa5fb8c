/* The allow-list: what passes, what is translated, what never gets through. */
#include "input_fixture.h"
#include "input/args.h"

/* Reads one command for a.c and gives the clean arguments without the target. */
static const char *clean(struct place *p, const char *args)
{
	const char *all;

	place_write(p, "a.c", "int x;");
	place_command(p, "a.c", arena_printf(&p->arena, "x86_64-linux-gnu-gcc %s -c a.c", args));
	place_read(p);
	assert_int_equal(p->in.jobs.n, 1);
	all = place_argv(p, 0);
	assert_memory_equal(all, "--target=x86_64-linux-gnu", 25);
	return all[25] ? all + 26 : "";
}

static void check(struct place *p, const char *args, const char *expected)
{
	const char *got = clean(p, args);

	if (strcmp(got, expected))
		fail_msg("%s: got \"%s\", expected \"%s\"", args, got, expected);
}

static void keeps_what_decides_the_code(void **state)
{
	struct place *p = *state;

	check(p, "-DA=1 -D B -UC -U D -Iinc -I /x -isystem s -isystems -include h.h",
	      "-DA=1 -DB -UC -UD -Iinc -I/x -isystem s -isystem s -include h.h");
	check(p,
	      "-std=gnu11 -O2 -fno-strict-aliasing -mno-sse -march=k8 -fshort-wchar -pg -mfentry",
	      "-std=gnu11 -O2 -fno-strict-aliasing -mno-sse -march=k8 -fshort-wchar -pg -mfentry");
	check(p,
	      "-fno-builtin-wcslen -fpatchable-function-entry=16,16 -fzero-call-used-regs=used-gpr",
	      "-fno-builtin-wcslen -fpatchable-function-entry=16,16 "
	      "-fzero-call-used-regs=used-gpr");
	check(p,
	      "--define-macro=A --define-macro B --include-directory=x --sysroot /s --sysroot=/t",
	      "-DA -DB -Ix --sysroot /s --sysroot=/t");
	check(p, "-Ofast -O6 -O -Os -G 8 -fno-common -fcommon",
	      "-Ofast -O3 -O -Os -G8 -fno-common -fcommon");
	check(p, "-x c", "-x c");
}

static void translates_gcc(void **state)
{
	struct place *p = *state;

	check(p, "-mpreferred-stack-boundary=3 -mpreferred-stack-boundary=12",
	      "-mstack-alignment=8 -mstack-alignment=4096");
	check(p, "-mindirect-branch=thunk-extern -mindirect-branch-register",
	      "-mretpoline-external-thunk");
	check(p, "-mindirect-branch=thunk -mindirect-branch=keep", "-mretpoline");
	check(p, "-Wp,-MMD,x.d,-DA,-U,B -Wp,-D_X=1 -Xpreprocessor -DP", "-DA -UB -D_X=1 -DP");
	check(p, "-Wa,-march=armv8.5-a,-adhln=x,-mimplicit-it=always",
	      "-Wa,-march=armv8.5-a -Wa,-mimplicit-it=always");
	check(p, "-fsanitize=kernel-address,bounds-strict,odd,cfi-icall -fno-sanitize=all",
	      "-fsanitize=kernel-address,bounds -fno-sanitize=all");
	check(p, "--param ssp-buffer-size=4 --param=asan-stack=1 --param max-inline=3",
	      "--param=ssp-buffer-size=4");
	check(p, "-ffile-prefix-map=/a=b", "-fmacro-prefix-map=/a=b");
	check(p, "-Xclang -include -Xclang pre.h -Xclang -include-pch -Xclang p.pch",
	      "-include pre.h");
}

/* Warnings that are errors by default decide whether a unit compiles at all. */
static void keeps_what_lets_code_compile(void **state)
{
	struct place *p = *state;

	check(p,
	      "-Wall -Wno-implicit-int -Wno-unused -Wno-error=int-conversion -Werror=implicit-int",
	      "-Wno-implicit-int -Wno-error=int-conversion");
}

static void drops_with_a_reason(void **state)
{
	struct place *p = *state;

	check(p,
	      "-fconserve-stack -Wall -Wno-x -g -ggdb3 -fno-ipa-sra -fnew-thing=3 -lm -MMD -flto "
	      "b.o",
	      "");
	assert_string_equal(place_dropped(p, "-fconserve-stack"), "GCC only");
	assert_string_equal(place_dropped(p, "-fno-ipa-"), "GCC only");
	assert_string_equal(place_dropped(p, "-W"), "warnings do not change code");
	assert_string_equal(place_dropped(p, "-fnew-thing="), "not on the allow-list");
	assert_string_equal(place_dropped(p, "-MMD"), "writes files");
	assert_non_null(place_dropped(p, "-flto"));
	assert_non_null(place_dropped(p, "(other input files)"));
	assert_null(place_dropped(p, "-c"));
	for (size_t i = 0; i < p->in.dropped.n; i++) {
		assert_int_equal(p->in.dropped.v[i].units, 1);
		assert_true(!i || strcmp(p->in.dropped.v[i - 1].flag, p->in.dropped.v[i].flag) < 0);
	}
}

static void nothing_hostile_passes(void **state)
{
	static const char *const hostile[] = {
		"-o /etc/x",
		"-o/etc/x",
		"--output=/etc/x",
		"--output /etc/x",
		"-MD -MF x",
		"-MFx",
		"-MJ x",
		"-MJx",
		"-MTx",
		"-Wp,-MD,x",
		"-Wp,-o,x",
		"-fplugin=x.so",
		"-fplugin-arg-x-y=z",
		"-fpass-plugin=x.so",
		"-load x.so",
		"-Xclang -load -Xclang x.so",
		"-Xclang=-load",
		"-mllvm -load=x.so",
		"-mllvm=-load=x.so",
		"-Bx",
		"-B x",
		"--prefix=x",
		"--config x.cfg",
		"--config=x.cfg",
		"--config-user-dir=x",
		"-wrapper sh,-c",
		"-fstack-usage",
		"-save-temps",
		"-save-temps=obj",
		"--save-temps",
		"-specs=x",
		"-specs x",
		"--specs=x",
		"-ivfsoverlay x",
		"-ivfsoverlayx",
		"-fmodules-cache-path=x",
		"-fmodule-file=x",
		"-fmodules",
		"-serialize-diagnostics x",
		"--serialize-diagnostics x",
		"-include-pch x",
		"-emit-ast",
		"-emit-llvm",
		"-cc1",
		"-###",
		"-fdump-tree-all=x",
		"-dumpdir x",
		"-dumpbase x",
		"-ftime-trace=x",
		"-fprofile-generate=x",
		"-fprofile-use=x",
		"--coverage",
		"-ftest-coverage",
		"-fsave-optimization-record",
		"-foptimization-record-file=x",
		"-gsplit-dwarf",
		"-fcrash-diagnostics-dir=x",
		"-working-directory x",
		"-resource-dir x",
		"-fuse-ld=x",
		"-fno-integrated-as",
		"-no-integrated-as",
		"-Wl,-plugin,x",
		"-Xlinker x",
		"-Xassembler x",
		"-Wa,-o,x",
		"-T x",
		"-aux-info x",
		"-index-store-path x",
		"-fthinlto-index=x",
		"-mlink-bitcode-file x",
		"-gcc-toolchain x",
		"--gcc-toolchain=x",
		"-ccc-gcc-name x",
		"-fdriver-only",
		"-rewrite-map-file x",
		"-fembed-offload-object=x",
		"-Xarch_host -y",
		"-fsanitize-ignorelist=x",
		"-print-file-name=x",
		"--help",
		"-v",
		"-frewrite-includes",
		"-fcallgraph-info=su",
		"-fdiagnostics-add-output=sarif:x",
		"-I-",
		"-ObjC",
		"--analyze",
		"-fno-pch-timestamp",
		"-dependency-file x",
		"-header-include-file x",
		"-stats-file x",
		"-",
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		check(p, hostile[i], "");
}

/* A value cannot become an option, nor a file of options, nor swallow what follows. */
static void values_stay_values(void **state)
{
	struct place *p = *state;

	check(p, "-include -fplugin=x -I -o -D -MD", "-include ./-fplugin=x -D-MD");
	check(p, "-isystem @x -iquote -", "-isystem ./@x -iquote ./-");
	check(p, "-I '' -D '' -include '' --define-macro= -DA", "-DA");
	check(p, "-DA=b -- -fplugin=x.so -DB", "-DA=b");
	assert_non_null(place_dropped(p, "(other input files)"));
	check(p, "-std=c11,-o -std=c++17 -Ox -G /x -fsanitize=x,-o -mpreferred-stack-boundary=99",
	      "");
}

/* A saved AST beside a forced header is not loaded: the driver looks for it at the first -include only. */
static void saved_ast_is_not_loaded(void **state)
{
	struct place *p = *state;

	check(p, "-include pre.h", "-include pre.h");
	place_write(p, "pre.h.pch", "x");
	check(p, "-include pre.h", "-include /dev/null -include pre.h");
}

/*
 * Whatever the arguments, what comes out is on the list with the right number of values. The oracle reads the
 * result as clang does, from the few options that may come out with a value of their own.
 */
static const char *const with_value[] = {
	"-isystem",
	"-iquote",
	"-idirafter",
	"-include",
	"-imacros",
	"-isysroot",
	"--sysroot",
	"-x",
	"-Xmicrosoft-windows-sys-root",
	"-Xmicrosoft-visualc-tools-root",
	"-Xmicrosoft-windows-sdk-root",
};

static bool takes_value(const char *arg)
{
	for (size_t i = 0; i < sizeof(with_value) / sizeof(with_value[0]); i++) {
		if (!strcmp(arg, with_value[i]))
			return true;
	}
	return false;
}

static bool may_come_out(const struct arg_table *table, const char *arg)
{
	static const enum arg_verdict made[] = {
		ARG_KEEP,     ARG_DEFINE, ARG_UNDEFINE, ARG_SEARCH,   ARG_STANDARD,
		ARG_OPTIMIZE, ARG_WA,	  ARG_PARAM,	ARG_SANITIZE, ARG_TARGET};
	const struct arg_row *row = arg_find(table, arg);
	bool allowed = false;

	for (size_t i = 0; row && i < sizeof(made) / sizeof(made[0]); i++)
		allowed |= row->verdict == made[i];
	/* -D, -I, -U, -G alone would take the next argument. */
	return allowed && row->arity != ARG_SEPARATE &&
	       (row->arity != ARG_EITHER || arg[strlen(row->name)]);
}

static void check_job(const struct arg_table *table, const struct job *job)
{
	assert_memory_equal(job->argv[0], "--target=", 9);
	for (size_t i = 0; i < job->argc; i++) {
		const char *arg = job->argv[i];

		if (takes_value(arg)) {
			assert_true(++i < job->argc);
			assert_true(job->argv[i][0] && !strchr("-@", job->argv[i][0]));
		} else if (!may_come_out(table, arg)) {
			fail_msg("%s came out", arg);
		}
		assert_true(!i || strncmp(job->argv[i], "--target=", 9));
	}
}

static const char *random_arg(struct place *p, const struct arg_table *table, unsigned *seed)
{
	static const char *const values[] = {"",   "x",	      "-o", "@r", "-fplugin=x", "a.c",
					     "--", "-Xclang", "8",  "-I", "=y",		"a,-MD",
					     "c",  "c++",     "-",  "/x"};
	static const char *const cl[] = {
		"/D",	  "/FI",    "/clang:", "/I",  "/O2y-i-b",    "/std:",	"/Tc",	"/Gs",
		"/arch:", "/imsvc", "/Fo",     "/Zp", "-external:I", "/kernel", "/MDd", "/U"};
	unsigned n = *seed = *seed * 1103515245u + 12345u;
	const char *value = values[n >> 8 & 15], *name = table->rows[(n >> 12) % table->n].name;

	switch (n >> 24 & 7) {
	case 0: return value;
	case 1: return arena_printf(&p->arena, "%s%s", name, value);
	case 2: return arena_strndup(&p->arena, name, strlen(name) - 1);
	case 3: return arena_printf(&p->arena, "%.2sno-%s", name, name[1] ? name + 2 : "");
	case 4: return cl[n >> 16 & 15];
	case 5: return arena_printf(&p->arena, "%s%s", cl[n >> 16 & 15], n >> 7 & 1 ? value : name);
	default: return name;
	}
}

static void only_listed_arguments_come_out(void **state)
{
	struct place *p = *state;
	struct arg_table table;
	unsigned seed = 7;
	size_t jobs = 0;

	place_write(p, "a.c", "int x;");
	place_write(p, "r", "-DR -o x -fplugin=y @r");
	arg_table_init(&table, &p->arena);
	p->request.paths = (const char *const[]){"a.c"};
	p->request.n_paths = 1;
	for (int round = 0; round < 4000; round++) {
		const char *flags[12];
		size_t n = 0;

		if (round % 2)
			flags[n++] = "--driver-mode=cl";
		while (n < 12)
			flags[n++] = random_arg(p, &table, &seed);
		p->request.flags = flags;
		p->request.n_flags = n;
		p->err = (struct error){0};
		input_release(&p->in);
		/* -E and -x c++ make a command that compiles no C. */
		if (input_read(&p->in, &p->request, &p->err))
			continue;
		jobs++;
		check_job(&table, &p->in.jobs.v[0]);
	}
	assert_true(jobs > 1000);
}

static void table_is_sound(void **state)
{
	struct arena a = {0};
	struct arg_table t;

	(void)state;
	arg_table_init(&t, &a);
	for (size_t i = 0; i < t.n; i++) {
		const struct arg_row *row = arg_find(&t, t.rows[i].name);

		assert_int_equal(t.rows[i].name[0], '-');
		assert_ptr_equal(row, &t.rows[i]);
		if (t.rows[i].arity == ARG_PAIR)
			assert_true(t.rows[i].name[1] == 'f' || t.rows[i].name[1] == 'm');
		if (i && !strcmp(t.rows[i - 1].name, t.rows[i].name))
			fail_msg("%s is there twice", t.rows[i].name);
	}
	assert_null(arg_find(&t, "-fcommonx"));
	assert_null(arg_find(&t, "-"
				 "?"));
	assert_string_equal(arg_find(&t, "-fno-common")->name, "-fcommon");
	assert_string_equal(arg_find(&t, "-include-pchx")->name, "-include-pch");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(keeps_what_decides_the_code),
		PLACE_TEST(translates_gcc),
		PLACE_TEST(keeps_what_lets_code_compile),
		PLACE_TEST(drops_with_a_reason),
		PLACE_TEST(nothing_hostile_passes),
		PLACE_TEST(values_stay_values),
		PLACE_TEST(saved_ast_is_not_loaded),
		PLACE_TEST(only_listed_arguments_come_out),
		cmocka_unit_test(table_is_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
