void sink(char *p);

void read_all(void)
{
	char b[700];

	sink(b);
}

void write_all(void)
{
	char b[700];

	sink(b);
}
