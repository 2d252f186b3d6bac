#include "values.h"

int value_of(char letter) {
    static const int values[] = {1, 3, 3, 2, 1, 4, 2, 4, 1, 8, 5, 1, 3, 1, 1, 3, 10, 1, 1, 1, 1, 4, 4, 8, 4, 10};
    return values[letter - 'a'];
}
