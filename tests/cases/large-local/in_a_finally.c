// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// stdout-has: variable context, struct context takes 764 bytes
// stdout-lacks: unnamed
// What the body of a __finally uses, too, lies at a fixed distance from the frame pointer, which stands above SP there.
struct context {
	char name[760];
	long state;
};

void open_file(struct context *c), walk(struct context *c), close_file(struct context *c);

int create(int again)
{
	struct context context; // expect: large-local
	int opened = 0;

	__try {
		open_file(&context);
		opened = 1;
		while (again--)
			walk(&context);
	} __finally {
		if (opened)
			close_file(&context);
	}
	return opened;
}
