int leaf(int n)
{
	return n * 3;
}

int (*hook)(int) = leaf;
