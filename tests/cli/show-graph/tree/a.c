struct ops {
	int (*run)(char *p);
};

void fill(char *p);

__attribute__((noinline)) static int leaf(char *p)
{
	char copy[64];

	fill(copy);
	return copy[0] + p[0];
}

__attribute__((noinline)) int middle(char *p)
{
	char big[200];

	fill(big);
	return leaf(big) + p[0];
}

const struct ops table = {.run = middle};

int outer(const struct ops *ops)
{
	char buffer[40];

	fill(buffer);
	return ops->run(buffer) + leaf(buffer) + 1;
}
