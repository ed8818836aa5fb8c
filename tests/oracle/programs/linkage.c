/* Symbols: aliases, weak definitions, functions chosen at start, constructors, sections, calls in inline assembly. */
#include "check.h"

int visible(int a);
int alias_of_visible(int a) __attribute__((alias("visible")));
int weak_one(int a);
int chosen(int a);

NOINLINE int visible(int a)
{
	char b[56];

	b[a & 31] = (char)a;
	KEEP(b);
	return b[a & 31] + 1;
}

__attribute__((weak)) NOINLINE int weak_one(int a)
{
	int r = visible(a);

	NO_TAIL();
	return r + 1;
}

static NOINLINE int use_alias(int a)
{
	int r = alias_of_visible(a);

	NO_TAIL();
	return r * 2;
}

static NOINLINE int use_weak(int a)
{
	int r = weak_one(a);

	NO_TAIL();
	return r * 3;
}

/* Chosen when the program starts. */
static int chosen_here(int a)
{
	return a + 40;
}

typedef int chosen_fn(int a);

static chosen_fn *resolve(void)
{
	return chosen_here;
}

int chosen(int a) __attribute__((ifunc("resolve")));

static NOINLINE int use_chosen(int a)
{
	int r = chosen(a);

	NO_TAIL();
	return r + 1;
}

/* Called before and after main. */
static int started;

static __attribute__((constructor)) void start(void)
{
	started = use_alias(1);
}

static __attribute__((destructor)) void stop(void)
{
	started = use_alias(2);
}

/* In a section of its own. */
static NOINLINE __attribute__((section(".text.cold_part"))) int apart(int a)
{
	int r = visible(a);

	NO_TAIL();
	return r - 1;
}

/* Assembly that pushes, and assembly that calls. */
static NOINLINE long pushes(long a)
{
	long r;

	__asm__ volatile("push %1\n\tpush %1\n\tpop %0\n\tpop %0" : "=&r"(r) : "r"(a) : "memory");
	r += visible((int)r);
	return r;
}

__attribute__((used)) static NOINLINE void called_by_asm(void)
{
	char b[20];

	b[3] = 1;
	KEEP(b);
	started++;
}

static NOINLINE void calls(void)
{
	__asm__ volatile("call called_by_asm"
			 :
			 :
			 : "memory", "cc", "eax", "ecx", "edx"
#ifdef __x86_64__
			   ,
			   "rsi", "rdi", "r8", "r9", "r10", "r11"
#endif
	);
}

int main(void)
{
	EXPECT(started == 4);
	EXPECT(use_alias(5) == 12);
	EXPECT(use_weak(5) == 21);
	EXPECT(use_chosen(1) == 42);
	EXPECT(apart(7) == 7);
	EXPECT(pushes(9) == 19);
	calls();
	EXPECT(started == 5);
	return failures;
}
