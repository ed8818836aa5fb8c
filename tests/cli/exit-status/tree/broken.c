#include "absent.h"

int g(int n)
{
	return n + ABSENT;
}
