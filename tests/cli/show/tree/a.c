struct ops {
	int (*run)(char *p);
};

int outside(char *p);
void fill(char *p);

__attribute__((noinline)) static int helper(char *p)
{
	char copy[64];

	fill(copy);
	return copy[0] + p[0];
}

static inline int inner(int n)
{
	char scratch[100];

	fill(scratch);
	return scratch[n];
}

const struct ops table = {.run = helper};

int outer(const struct ops *ops, int n)
{
	char buffer[40];

	fill(buffer);
	return ops->run(buffer) + inner(n) + outside(buffer);
}
