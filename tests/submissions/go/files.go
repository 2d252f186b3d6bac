// expect: Accepted
// expected: from the file\n
// file: data/note.txt from the file\n
package main

import (
	"fmt"
	"os"
)

func main() {
	text, err := os.ReadFile("data/note.txt")
	if err != nil {
		panic(err)
	}
	fmt.Print(string(text))
}
