// expect: Accepted
// expected: 499999500000\n
#include <stdio.h>

int main(void) {
    FILE *file = fopen("numbers.txt", "w+");
    if (!file) return 1;
    for (int i = 0; i < 1000000; i++) fprintf(file, "%d\n", i);
    rewind(file);
    long sum = 0;
    for (int number; fscanf(file, "%d", &number) == 1;) sum += number;
    printf("%ld\n", sum);
}
