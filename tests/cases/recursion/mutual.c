// run: scan --platform linux-x86_64 --fail-on warning $file -- --target=x86_64-linux-gnu -O2
// exit: 1
int next(int n);

int odd(int n);

__attribute__((noinline)) int even(int n) // depth: 16..64 unbounded; expect: recursion
{
	return n ? odd(next(n)) + 1 : 1; // call: odd direct
}

__attribute__((noinline)) int odd(int n) // depth: 16..64 unbounded
{
	return n ? even(next(n)) + 1 : 0; // call: even direct
}
