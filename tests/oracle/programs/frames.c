/* Frames: larger than a page, aligned more than the stack, shrink-wrapped, full of saved registers. */
#include "check.h"

#include <string.h>

static NOINLINE int touch(char *p, int n)
{
	p[0] = (char)n;
	p[n] = 1;
	return p[0] + p[n];
}

static NOINLINE int page_and_more(int n)
{
	char b[5000];

	n = touch(b, n);
	NO_TAIL();
	return n;
}

static NOINLINE int many_pages(int n)
{
	char b[40000];

	b[39999] = 2;
	n = touch(b, n) + b[39999];
	return n;
}

/* Realigned: the loss depends on where the stack happens to be. */
static NOINLINE int aligned_64(int n)
{
	_Alignas(64) char b[64];

	n = touch(b, n);
	NO_TAIL();
	return n;
}

static NOINLINE int aligned_4096(int n)
{
	_Alignas(4096) char b[100];

	n = touch(b, n);
	NO_TAIL();
	return n;
}

/* The same from other depths. */
static NOINLINE int deeper(int n, int depth)
{
	char pad[24];

	touch(pad, 8);
	if (depth > 0)
		n = deeper(n, depth - 1);
	else
		n = aligned_64(n) + aligned_4096(n);
	NO_TAIL();
	return n;
}

/* The guard needs no frame, the rest needs 2000 bytes. */
static NOINLINE int guarded(int n)
{
	char b[2000];

	if (n < 0) {
		n = touch(b, 0);
		NO_TAIL();
		return n;
	}
	if (n == 0)
		return 0;
	n = touch(b, n);
	n += touch(b, n + 4);
	return n;
}

static NOINLINE int cheap(int n)
{
	return n + 1;
}

static NOINLINE int two_ways(int n)
{
	char b[900];

	if (n > 100)
		return cheap(n);
	memset(b, n, sizeof b);
	KEEP(b);
	n = touch(b, n);
	NO_TAIL();
	return n;
}

/* More live values than registers. */
static NOINLINE int pressure(const int *v)
{
	int a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];

	a += cheap(b);
	b += cheap(c);
	c += cheap(d);
	d += cheap(e);
	e += cheap(f);
	f += cheap(g);
	g += cheap(h);
	h += cheap(a);
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;
}

/* By value: copied below the caller's frame. */
struct block {
	int v[256];
};

static NOINLINE int take(struct block b, int i)
{
	return b.v[i];
}

static NOINLINE struct block give(int n)
{
	struct block b;

	for (int i = 0; i < 256; i++)
		b.v[i] = n + i;
	KEEP(b);
	return b;
}

static NOINLINE int by_value(int n)
{
	struct block b = give(n);
	int r = take(b, 5);

	r += take(give(r), 7);
	return r;
}

int main(void)
{
	static const int v[8] = {1, 2, 3, 4, 5, 6, 7, 8};

	EXPECT(page_and_more(7) == 8);
	EXPECT(many_pages(7) == 10);
	EXPECT(deeper(3, 0) == 8);
	EXPECT(deeper(3, 1) == 8);
	EXPECT(deeper(3, 2) == 8);
	EXPECT(deeper(3, 3) == 8);
	EXPECT(guarded(-1) == 2);
	EXPECT(guarded(0) == 0);
	EXPECT(guarded(3) == 13);
	EXPECT(two_ways(200) == 201);
	EXPECT(two_ways(20) == 21);
	EXPECT(pressure(v) == 440);
	EXPECT(by_value(1) == 19);
	return failures;
}
