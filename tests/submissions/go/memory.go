// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
package main

func main() {
	var data [][]byte
	for {
		block := make([]byte, 1<<20)
		for i := range block {
			block[i] = 1
		}
		data = append(data, block)
	}
}
