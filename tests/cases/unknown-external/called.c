// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: calls 2 outside functions whose stack is not known: outside (2 calls), other (1 call)
void outside(void);
void other(void);

int driver(void) // expect: unknown-external
{
	outside();
	other();
	outside();
	return 0;
}
