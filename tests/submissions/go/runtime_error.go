// expect: RuntimeError
// exit-code: 2
// reason-contains: index out of range [3] with length 3
// reason-contains: main.go line 11
package main

import "fmt"

func main() {
	values := []int{1, 2, 3}
	fmt.Println(values[len(values)])
}
