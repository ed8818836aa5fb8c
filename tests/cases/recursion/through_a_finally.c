// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// stdout-has: of close, __finally 0 of close and close call each other in a circle
// stdout-has: 1. close: unbounded
// stdout-lacks: dtor$
// stdout-lacks: fin$
// The body of a __finally is a function of its own, and so is what runs it while an exception passes: both are told by the function
// that they belong to, and neither is a way in.
struct file {
	struct file *parent;
	int used;
};

void flush(struct file *f);

void close(struct file *f)
{
	__try {
		flush(f);
	} __finally {
		f->used--;
		if (f->parent)
			close(f->parent);
		flush(f);
	}
} // expect: recursion; expect: guard-missing
