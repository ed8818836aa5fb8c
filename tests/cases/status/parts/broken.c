/* Part of the cases beside this folder: does not compile. */
#include "absent.h"

void broken(void)
{
}
