// expect: RuntimeError
// arguments: ["21"]
// stdout: 42\n
// file: shop/prices/prices.go package prices\n\nfunc Doubled(a int) int { return 2 * a }\n\nfunc Share(a, b int) int {\n\treturn a / b\n}\n
// reason-contains: panic: runtime error: integer divide by zero, shop/prices/prices.go line 6
package main

import (
	"fmt"
	"main/shop/prices"
	"os"
	"strconv"
)

func main() {
	number, _ := strconv.Atoi(os.Args[1])
	fmt.Println(prices.Doubled(number))
	fmt.Println(prices.Share(number, len(os.Args)-2))
}
