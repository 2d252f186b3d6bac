// expect: CompileError
// log-truncated: true
// compile-limits: cpu_ms=5000 wall_ms=15000
#define LINE(n) int a##n = undeclared_name_with_a_long_tail_##n;
#define TEN(n) LINE(n##0) LINE(n##1) LINE(n##2) LINE(n##3) LINE(n##4) LINE(n##5) LINE(n##6) LINE(n##7) LINE(n##8) LINE(n##9)
#define HUNDRED(n) TEN(n##0) TEN(n##1) TEN(n##2) TEN(n##3) TEN(n##4) TEN(n##5) TEN(n##6) TEN(n##7) TEN(n##8) TEN(n##9)
#define THOUSAND(n) HUNDRED(n##0) HUNDRED(n##1) HUNDRED(n##2) HUNDRED(n##3) HUNDRED(n##4)
THOUSAND(1)
THOUSAND(2)

int main(void) {
    return 0;
}
