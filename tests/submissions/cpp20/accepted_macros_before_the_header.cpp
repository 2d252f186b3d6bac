// expect: Accepted
// stdout: 8 aborted\n
// What is defined above the first header counts in it, be it precompiled or not.
#define _GLIBCXX_DEBUG
#include <bits/stdc++.h>
#include <unistd.h>
#define int long long
using namespace std;

signed main() {
    cout << sizeof(int) << flush;
    signal(SIGABRT, [](signed) {
        if (write(1, " aborted\n", 9) == 9) _exit(0);
    });
    vector<int> v(3);
    volatile size_t beyond = v.size();
    return v[beyond];
}
