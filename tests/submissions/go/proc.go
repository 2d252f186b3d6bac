// expect: Accepted
// stdout: refused\n
package main

import (
	"fmt"
	"os"
)

func main() {
	if content, err := os.ReadFile("/proc/1/environ"); err == nil {
		fmt.Println(len(content), "bytes")
	} else {
		fmt.Println("refused")
	}
}
