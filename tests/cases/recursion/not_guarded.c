// run: scan --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-lacks: every turn tests
// A test that bounds nothing: the parameter stays, moves the wrong way, starts anew, or one way round is not behind it.
int look(void *node);
void *left(void *node), *right(void *node);

int stays(void *node, int level) // expect: recursion
{
	if (level > 8)
		return -1;
	return stays(left(node), level) + look(node);
}

int wrong_way(void *node, int level) // expect: recursion
{
	if (level > 8)
		return -1;
	return wrong_way(left(node), level - 1) + look(node);
}

int anew(void *node, int level) // expect: recursion
{
	if (level > 8)
		return -1;
	return anew(left(node), 0) + look(node);
}

int other_argument(void *node, int level, int n) // expect: recursion
{
	if (level > 8)
		return -1;
	return other_argument(left(node), n, level + 1) + look(node);
}

int moved_twice(void *node, int level) // expect: recursion
{
	if (++level > 8)
		return -1;
	level -= look(node);
	return moved_twice(left(node), level) + look(node);
}

int one_way_only(void *node, int level) // expect: recursion
{
	int n = look(node);

	if (level < 8)
		n += one_way_only(left(node), level + 1);
	if (n)
		n *= one_way_only(right(node), level + 1);
	return n + look(node);
}
