// expect: RuntimeError
// limits: cpu_ms=6000
// reason-contains: the recursion is too deep
package main

func f(n int) int {
	return f(n+1) + 1
}

func main() {
	println(f(0))
}
