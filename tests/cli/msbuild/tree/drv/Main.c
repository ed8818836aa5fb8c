#include "help.h"

int entry(int n)
{
	char text[200];

	help(text);
	return text[n];
}
