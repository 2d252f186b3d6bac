#include <assert.h>
#include <stdio.h>

int main(void) {
    int rest, parts[100], count = 0;
    if (scanf("%d", &rest) != 1) return 1;
    while (rest > 2 * (count + 1)) {
        assert(count < 100);
        parts[count] = count + 1;
        rest -= parts[count++];
    }
    for (int at = 0; at < count; at++) printf("%d ", parts[at]);
    printf("%d\n", rest);
    return 0;
}
