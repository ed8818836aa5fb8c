// run: scan --platform linux-x86_64 --frame-limit 1000 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: a temporary without a name
/* The structure that is returned by value and not kept: what the frame holds has no name. */
struct record {
	int number;
	char text[1196];
};

struct record make(int n);

int first(int n) // expect: frame-limit; expect: large-local
{
	return make(n).number;
}
