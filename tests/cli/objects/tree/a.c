#include "a.h"

int sink(char *p);

int __attribute__((noinline)) inner(char *p)
{
	return sink(p) + SIZE;
}

int outer(void)
{
	char b[SIZE];

	return inner(b) + 1;
}
