/* No points in any group: the verdict is that of the first one. */
#include <stdlib.h>

int main(void) {
    abort();
}
