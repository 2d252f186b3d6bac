// expect: Accepted
// expected: 42\n
// file: shop/prices.d module shop.prices;\n\nint total(int a, int b) { return a + b; }\n
import shop.prices, std.stdio;

void main() {
    writeln(total(20, 22));
}
