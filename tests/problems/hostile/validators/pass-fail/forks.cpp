// expect: JudgeError

#include <unistd.h>

int main() {
    while (true) fork();
}
