// expect: Accepted
// stdout: Hello, world!\n
package main

import "fmt"

func main() {
	fmt.Println("Hello, world!")
}
