/* Arguments: more than registers hold, variable in number, wide, floating, structures by value, hidden results. */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static NOINLINE int twelve(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j,
			   int k, int l)
{
	return a + b + c + d + e + f + g + h + i + j + k + 100 * l;
}

static NOINLINE int call_twelve(int a)
{
	int r = twelve(a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

	r += twelve(a, a, a, a, a, a, a, a, a, a, a, a);
	return r;
}

/* Calls of different width in one function: each pushes what it needs. */
static NOINLINE int one(int a)
{
	return a + 1;
}

static NOINLINE int seven(int a, int b, int c, int d, int e, int f, int g)
{
	return a - b + c - d + e - f + g;
}

static NOINLINE int mixed_widths(int a)
{
	char b[64];
	int r = one(a);

	b[a & 63] = (char)a;
	KEEP(b);
	r += seven(a, 1, 2, 3, 4, 5, 6);
	r += twelve(r, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0);
	r += one(r);
	return r;
}

/* The same through a pointer. */
static NOINLINE int through_pointer(int (*f)(int a, int b, int c, int d, int e, int f, int g),
				    int a)
{
	int r = f(a, a, a, a, a, 1, 2);

	NO_TAIL();
	return r;
}

static NOINLINE int total(int n, ...)
{
	va_list list;
	int sum = 0;

	va_start(list, n);
	for (int i = 0; i < n; i++)
		sum += va_arg(list, int);
	va_end(list);
	return sum;
}

static NOINLINE double total_of_reals(int n, ...)
{
	va_list list;
	double sum = 0;

	va_start(list, n);
	for (int i = 0; i < n; i++)
		sum += va_arg(list, double);
	va_end(list);
	return sum;
}

static NOINLINE int log_to(char *out, size_t size, const char *format, ...)
{
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(out, size, format, list);
	va_end(list);
	return n;
}

static NOINLINE int wide(long long a, long long b, long long c, long long d, char e, long long f,
			 long long g)
{
	return (int)(a + b + c + d + e + f + g);
}

static NOINLINE double reals(double a, float b, double c, double d, double e, double f, double g,
			     double h, double i, double j)
{
	return a + (double)b + c + d + e + f + g + h + i + j;
}

static NOINLINE long double longest(long double a, long double b)
{
	return a + b;
}

struct small {
	int a, b;
};

struct large {
	long v[9];
};

static NOINLINE struct small swap(struct small s)
{
	return (struct small){s.b, s.a};
}

static NOINLINE struct large shift(struct large l, int by)
{
	for (int i = 0; i < 9; i++)
		l.v[i] += by;
	return l;
}

static NOINLINE long both(struct large l, struct small s, struct large m)
{
	return l.v[0] + s.a + s.b + m.v[8];
}

static NOINLINE long structures(int n)
{
	struct large l = {{n, 1, 2, 3, 4, 5, 6, 7, 8}};
	struct small s = {n, 2};
	long r;

	s = swap(s);
	l = shift(l, 3);
	r = both(l, s, l);
	r += both(shift(l, 1), s, l);
	return r;
}

static NOINLINE int numbers(void)
{
	int ok = wide(1, 2, 3, 4, 5, 6, 7) == 28;

	ok += reals(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) == 55.0;
	ok += longest(1.5L, 2.5L) == 4.0L;
	ok += total(3, 1, 2, 3) == 6;
	ok += total(9, 1, 2, 3, 4, 5, 6, 7, 8, 9) == 45;
	ok += total_of_reals(2, 0.5, 1.5) == 2.0;
	return ok;
}

int main(void)
{
	char text[40];

	EXPECT(call_twelve(1) == 1267);
	EXPECT(mixed_widths(5) == 167);
	EXPECT(through_pointer(seven, 9) == 10);
	EXPECT(numbers() == 6);
	EXPECT(log_to(text, sizeof text, "%s %d %ld", "x", 12, 3L) == 6);
	EXPECT(strcmp(text, "x 12 3") == 0);
	EXPECT(structures(4) == 49);
	return failures;
}
