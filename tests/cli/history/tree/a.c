void fill(char *p);

void big(void)
{
	char buffer[1000];

	fill(buffer);
}
