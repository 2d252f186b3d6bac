// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
#include <locale.h>
#include <stdio.h>
#include <wchar.h>

int main(void) {
    wchar_t line[64];
    if (!setlocale(LC_ALL, "C.UTF-8") || !fgetws(line, 64, stdin)) return 1;
    for (int i = (int)wcslen(line) - 2; i >= 0; i--) printf("%lc", (wint_t)line[i]);
    puts("");
}
