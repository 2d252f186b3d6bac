// expect: Accepted
// expected: 42\n
// file: shop/prices.h int total(int a, int b);\n
// file: shop/prices.c #include "prices.h"\nint total(int a, int b) { return a + b; }\n
#include <stdio.h>
#include "shop/prices.h"

int main(void) {
    printf("%d\n", total(20, 22));
}
