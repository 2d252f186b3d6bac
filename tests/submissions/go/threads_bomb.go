// expect: RuntimeError
// reason-contains: more threads than are allowed
// limits: cpu_ms=4000
package main

import (
	"runtime"
	"time"
)

func main() {
	for {
		go func() {
			runtime.LockOSThread()
			time.Sleep(time.Hour)
		}()
		runtime.Gosched()
	}
}
