// run: scan --platform linux-i386 $file -- --target=i386-linux-gnu -O2
// expect-none
/* Calls that only the code generator makes: 64-bit division on a 32-bit target. */
long long divide(long long a, long long b)
{
	return a / b; // call: __divdi3 direct
}
