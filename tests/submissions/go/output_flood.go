// expect: OutputLimitExceeded
package main

import (
	"fmt"
	"strings"
)

func main() {
	line := strings.Repeat("x", 65536)
	for {
		fmt.Println(line)
	}
}
