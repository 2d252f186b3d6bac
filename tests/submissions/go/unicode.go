// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Scan()
	line := []rune(lines.Text())
	for i := len(line) - 1; i >= 0; i-- {
		fmt.Print(string(line[i]))
	}
	fmt.Println()
}
