// expect: Accepted
// stdin: 20\n22\n
// expected: 42\n
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	sum := 0
	for lines.Scan() {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			panic(err)
		}
		sum += n
	}
	fmt.Println(sum)
}
