#!/bin/sh
# Many contest solutions begin with `#pragma GCC target("avx2")`, above the first header. GCC 14.1 and 14.2 refuse the
# standard library then: a destructor that the compiler makes has the default target, and `std::allocator`, declared under
# the pragma and `always_inline`, cannot be inlined into it. That attribute is for debug builds only; without it the
# library is what it was before GCC 12. Where the compiler takes the pragma, nothing is touched.
set -eu

probe() {
  printf '#pragma GCC target("avx2")\n#include <bits/stdc++.h>\nint main() { return std::vector<int>(1)[0]; }\n' |
    g++ -x c++ -std=gnu++20 -O2 -static -o /tmp/probe - 2>/tmp/probe.log
}

case $(uname -m) in
x86_64) ;;
*) exit 0 ;;
esac
if ! probe; then
  find / -xdev -path '*/bits/allocator.h' -exec sed -i '/^ *__attribute__((__always_inline__))$/d' {} +
  probe || {
    cat /tmp/probe.log >&2
    exit 1
  }
fi
rm -f /tmp/probe /tmp/probe.log
