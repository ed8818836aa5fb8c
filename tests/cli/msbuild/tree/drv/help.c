#include "help.h"

void fill(char *p);

void help(char *p)
{
	char more[100];

	fill(more);
	*p = more[1];
}
