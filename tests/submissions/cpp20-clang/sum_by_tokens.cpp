// expect: Accepted
// stdin:  20\n\n 22 
// expected: 42\n
#include <bits/stdc++.h>
using namespace std;

int main() {
    int a, b;
    cin >> a >> b;
    cout << a + b << '\n';
}
