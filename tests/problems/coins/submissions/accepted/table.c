#include <stdio.h>

int main(void) {
    static int fewest[100001];
    int amount, count;
    if (scanf("%d %d", &amount, &count) != 2) return 1;
    for (int paid = 1; paid <= amount; paid++) fewest[paid] = amount + 1;
    while (count-- > 0) {
        int value;
        if (scanf("%d", &value) != 1) return 1;
        for (int paid = value; paid <= amount; paid++)
            if (fewest[paid - value] + 1 < fewest[paid]) fewest[paid] = fewest[paid - value] + 1;
    }
    printf("%d\n", fewest[amount] <= amount ? fewest[amount] : -1);
    return 0;
}
