// expect: Accepted
// stdout: 1 4\n
package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
)

func main() {
	var done atomic.Int32
	for range 4 {
		go done.Add(1)
	}
	// Who waits without giving way holds nobody up.
	for done.Load() < 4 {
	}
	fmt.Println(runtime.GOMAXPROCS(0), done.Load())
}
