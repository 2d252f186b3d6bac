#include <stdio.h>

int main(void) {
    puts("1");
    return 0; /* leaves without a word, whatever the reply would have been */
}
