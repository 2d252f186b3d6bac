// expect: TimeLimitExceeded
// limits: cpu_ms=300
// reason-contains: CPU
package main

func main() {
	for {
	}
}
