// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: only holds text on its way
int snprintf(char *to, unsigned long size, const char *format, ...);
int sprintf(char *to, const char *format, ...);
int printk(const char *format, ...);
unsigned long strlen(const char *text);

void complain(int code)
{
	char text[128]; // expect: variadic-format-buffer

	snprintf(text, sizeof(text), "code %d", code);
	printk("driver: %s\n", text);
}

void in_pieces(int code, int more)
{
	char text[256]; // expect: variadic-format-buffer

	sprintf(text, "code %d", code);
	if (more)
		sprintf(text + strlen(text), " (%d more)", more);
	sprintf(&text[strlen(text)], ".");
	printk("driver: %s\n", text);
}
