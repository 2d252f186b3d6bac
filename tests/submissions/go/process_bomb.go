// expect: Accepted
// stdout: bounded\n
package main

import (
	"fmt"
	"os/exec"
)

func main() {
	var children []*exec.Cmd
	for len(children) < 5000 {
		child := exec.Command("sleep", "60")
		if child.Start() != nil {
			fmt.Println("bounded")
			break
		}
		children = append(children, child)
	}
	for _, child := range children {
		child.Process.Kill()
	}
}
