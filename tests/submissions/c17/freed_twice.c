// expect: RuntimeError
// signal: SIGABRT
// reason-contains: free(): double free detected
#include <stdlib.h>

int main(void) {
    void *volatile memory = malloc(30);
    void *volatile same = memory;
    free(memory);
    free(same);
}
