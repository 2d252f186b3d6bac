// expect: Accepted
// arguments: ["-v", "two words", "--help", "", "x"]
// stdout: [-v][two words][--help][][x]
package main

import (
	"fmt"
	"os"
)

func main() {
	for _, word := range os.Args[1:] {
		fmt.Printf("[%s]", word)
	}
}
