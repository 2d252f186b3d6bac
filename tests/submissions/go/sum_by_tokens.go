// expect: Accepted
// stdin:  20\n\n 22 
// expected: 42\n
package main

import "fmt"

func main() {
	var a, b int
	fmt.Scan(&a, &b)
	fmt.Println(a + b)
}
