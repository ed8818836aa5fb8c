// run: scan --fail-on never $file -- --target=x86_64-linux-gnu -O2 -fno-inline
// stdout-has: skip calls itself; each turn takes
// stdout-has: passes 1 as again
// stdout-has: passes 8 as size
// stdout-has: passes 0 as more
// stdout-has: which allows at most 1 turn,
// stdout-lacks: unbounded,
// A call that makes its own condition false comes back once, and not again.
struct item {
	struct item *next;
	int ignored;
};

int look(struct item *i), copy(char *to, const char *from, unsigned long n);

int skip(struct item *i, _Bool again) // expect: recursion
{
	int n = look(i);

	if (!again && i->ignored) {
		while (i->ignored && (n += skip(i->next, 1)))
			i = i->next;
	}
	return n + look(i);
}

int parse(const char *text, unsigned long size, int flags);

static inline int parse_body(const char *text, unsigned long size)
{
	if (size < 8) {
		char whole[8] = {0};

		copy(whole, text, size);
		return parse(whole, sizeof(whole), 0) + look(0);
	}
	return copy(0, text, size);
}

int parse_with(const char *text, unsigned long size, int flags)
{
	return parse_body(text, size) + flags;
}

int parse(const char *text, unsigned long size, int flags) // expect: recursion
{
	return parse_with(text, size, flags) + 1;
}

int leaves_first(struct item *i, int more) // expect: recursion
{
	if (more == 0)
		return look(i);
	return leaves_first(i->next, 0) + look(i);
}
