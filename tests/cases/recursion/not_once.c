// run: scan --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-lacks: at most
// stdout-lacks: passes
// Looks like a recursion of one turn, and is none: the parameter is written, the constant passes the test, another call does not
// pass it, the condition has another way in, a label jumps past it, a conversion changes it.
int look(int n);

int written(int n, int again) // expect: recursion
{
	again = look(n);
	if (!again)
		return written(n + 1, 1) + look(n);
	return n;
}

int fits_test(int n, unsigned size) // expect: recursion
{
	if (size < 8)
		return fits_test(n + 1, 7) + look(n);
	return n;
}

int another(int n, int again) // expect: recursion
{
	int sum = look(n);

	if (!again)
		sum += another(n + 1, 1);
	if (sum > 4)
		sum += another(n + 1, look(n)) * 2;
	return sum + look(n);
}

int other_way(int n, int again) // expect: recursion
{
	if (!again || look(n))
		return other_way(n + 1, 1) + look(n);
	return n;
}

int jumps(int n, int again) // expect: recursion
{
	if (look(n))
		goto inside;
	if (!again) {
inside:
		return jumps(n + 1, 1) + look(n);
	}
	return n;
}

int address(int n, int again) // expect: recursion
{
	int *p = &again;

	*p = look(n);
	if (!again)
		return address(n + 1, 1) + look(n);
	return n;
}

int behind(int n, int again)
{
	return another(n, again) + look(n);
}

int through_another(int n, int again);

int hands_on(int n, int again) // expect: recursion
{
	return through_another(n, look(again)) + look(n);
}

int through_another(int n, int again)
{
	if (!again)
		return hands_on(n + 1, 1) + look(n);
	return n;
}
