// expect: Accepted
// stdout: 10\n
#pragma GCC optimize("O3,unroll-loops")
#include <bits/stdc++.h>
using namespace std;

int main() {
    vector<int> v(4);
    iota(v.begin(), v.end(), 1);
    cout << accumulate(v.begin(), v.end(), 0) << endl;
}
