#define SIZE 200
