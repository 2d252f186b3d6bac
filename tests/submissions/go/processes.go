// expect: Accepted
// expected: child\nparent\n
package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	child := exec.Command("echo", "child")
	child.Stdout = os.Stdout
	if err := child.Run(); err != nil {
		panic(err)
	}
	fmt.Println("parent")
}
