// expect: Accepted
// expected: 42\n
// file: prices.go package main\n\nfunc total(a, b int) int {\n\treturn a + b\n}\n
package main

import "fmt"

func main() {
	fmt.Println(total(20, 22))
}
