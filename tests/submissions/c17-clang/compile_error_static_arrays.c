// expect: CompileError
// reason-contains: take more than 2 GiB
#include <stdio.h>

int table[100000][100000];

int main(void) {
    int row = 0, column = 0;
    if (scanf("%d%d", &row, &column) == 2) table[row][column] = 1;
    printf("%d\n", table[column][row]);
    return 0;
}
