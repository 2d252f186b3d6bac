// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
// reason-contains: more memory was needed than is allowed
using System.Collections.Generic;

class Program
{
    static void Main()
    {
        var data = new List<byte[]>();
        while (true)
        {
            var block = new byte[1 << 20];
            for (int i = 0; i < block.Length; i += 4096) block[i] = 1;
            data.Add(block);
        }
    }
}
