// expect: MemoryLimitExceeded
// limits: cpu_ms=5000
using System.Collections.Generic;

class Program {
    static void Main() {
        var items = new List<object>();
        for (int i = 0;; i++) items.Add(i);
    }
}
