int deeper(int n);
int through_pointer(void);
int exact_one(int n)
{
	return deeper(n) + 1;
}
int floor_one(int n)
{
	return through_pointer() + n;
}
