// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* Kept by somebody, read, or too small to matter. */
int snprintf(char *to, unsigned long size, const char *format, ...);
int printk(const char *format, ...);
void keep(const char *text);

void kept(int code)
{
	char text[128];

	snprintf(text, sizeof(text), "code %d", code);
	keep(text);
}

char indexed(int code)
{
	char text[128];

	snprintf(text, sizeof(text), "code %d", code);
	return text[code & 7];
}

void small(int code)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", code);
	printk("%s\n", text);
}
