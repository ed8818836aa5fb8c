#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

__attribute__((noinline)) int again(int n)
{
	char b[64];

	snprintf(b, sizeof(b), "%d", n);
	return n > 3 ? 0 : again(n + b[0]) + 1;
}

__attribute__((noinline)) int big(int n)
{
	char b[3000];

	memset(b, n, sizeof(b));
	return puts(b) + 1;
}

int main(int argc, char **argv)
{
	int v[8] = {argc};

	qsort(v, 8, sizeof(*v), compare);
	return big(argc) + again(argc) + v[0] + argv[0][0];
}
