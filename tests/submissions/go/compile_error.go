// expect: CompileError
// log-contains: main.go:6
package main

func main() {
	x := 1
}
