// expect: Accepted
// expected: 5000050000\n
package main

import "fmt"

func depth(n int) int {
	if n == 0 {
		return 0
	}
	return n + depth(n-1)
}

func main() {
	fmt.Println(depth(100000))
}
