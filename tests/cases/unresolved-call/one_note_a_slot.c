// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: 3 functions make 4 calls through the member notify of struct hooks, and no function is known that it can hold: run (2 calls), stop (1 call), tell (1 call)
// stdout-has: ask makes 1 call through the result of lookup, and no function is known that it can hold
struct hooks {
	void (*notify)(int code);
};
int (*lookup(int n))(int);

static inline __attribute__((always_inline)) void tell_it(const struct hooks *h, int code)
{
	h->notify(code);
}

void tell(const struct hooks *h)
{
	tell_it(h, 1);
}

void run(const struct hooks *h)
{
	h->notify(1); // expect: unresolved-call
	h->notify(2);
}

void stop(const struct hooks *h)
{
	h->notify(3);
}

int ask(int n)
{
	return lookup(n)(1) + 1; // expect: unresolved-call
}
