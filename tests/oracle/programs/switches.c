/* Jump tables: calls in their cases, tail calls out of them, frames that only some cases need. */
#include "check.h"

static NOINLINE int small_step(int a)
{
	return a + 1;
}

static NOINLINE int big_step(int a)
{
	char b[300];

	b[a & 255] = (char)a;
	KEEP(b);
	return b[a & 255] + 2;
}

static NOINLINE int wide_step(int a, int b, int c, int d, int e, int f, int g, int h)
{
	return a + b + c + d + e + f + g + h;
}

static NOINLINE int dispatch(unsigned int code, int a)
{
	int r = 0;

	switch (code) {
	case 0: r = small_step(a); break;
	case 1:
		r = big_step(a);
		r += small_step(r);
		break;
	case 2: r = wide_step(a, 1, 2, 3, 4, 5, 6, 7); break;
	case 3: r = small_step(a) * 3; break;
	case 4: return -1;
	case 5:
		r = big_step(a + 1);
		r = wide_step(r, r, r, r, r, r, r, r);
		break;
	case 6: r = small_step(a) - 9; break;
	default: r = big_step(5);
	}
	NO_TAIL();
	return r;
}

/* Every case leaves by a tail call. */
static NOINLINE int leave(unsigned int code, int a)
{
	switch (code) {
	case 0: return small_step(a);
	case 1: return big_step(a);
	case 2: return dispatch(3, a);
	case 3: return dispatch(5, a + 1);
	case 4: return small_step(a + 10);
	case 5: return big_step(a + 20);
	default: return 0;
	}
}

/* A frame in some cases only, and a table inside a loop. */
static NOINLINE int run(const unsigned char *program, int length)
{
	int stack[32], top = 0;

	stack[0] = 1;
	for (int i = 0; i < length; i++) {
		switch (program[i]) {
		case 0:
			stack[top + 1] = small_step(stack[top]);
			top++;
			break;
		case 1: stack[top] = big_step(stack[top]); break;
		case 2:
			top--;
			stack[top] = leave(1, stack[top + 1]);
			break;
		case 3: stack[top] *= 2; break;
		case 4: stack[top] = wide_step(stack[top], 1, 1, 1, 1, 1, 1, 1); break;
		case 5: stack[top] = dispatch(6, stack[top]); break;
		default: return -1;
		}
	}
	return stack[top];
}

/* Computed goto: a jump table that the source writes. */
static NOINLINE int threaded(const unsigned char *program, int a)
{
	static const void *const labels[] = {&&more, &&less, &&stop};

	goto *labels[*program];
more:
	a = small_step(a);
	goto *labels[*++program];
less:
	a = big_step(a) - 5;
	goto *labels[*++program];
stop:
	return a;
}

int main(void)
{
	static const unsigned char program[] = {0, 1, 3, 0, 4, 2, 5};
	static const unsigned char threads[] = {0, 0, 1, 0, 2};
	int sum = 0;

	for (unsigned int i = 0; i < 8; i++)
		sum += dispatch(i, 4);
	EXPECT(sum == 123);
	sum = 0;
	for (unsigned int i = 0; i < 7; i++)
		sum += leave(i, 4);
	EXPECT(sum == 131);
	EXPECT(run(program, 7) == 10);
	EXPECT(threaded(threads, 10) == 10);
	return failures;
}
