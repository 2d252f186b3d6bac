// expect: Accepted
// expected: 4\n
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	var group sync.WaitGroup
	var done atomic.Int32
	for i := 0; i < 4; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			done.Add(1)
		}()
	}
	group.Wait()
	fmt.Println(done.Load())
}
