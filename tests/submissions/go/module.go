// expect: Accepted
// expected: 42\n
// file: go.mod module example.org/shop\n\ngo 1.21\n
// file: prices/prices.go package prices\n\nfunc Total(a, b int) int { return a + b }\n
// file: cmd/shop/main.go package main\n\nimport (\n\t"fmt"\n\n\t"example.org/shop/prices"\n)\n\nfunc main() { fmt.Println(prices.Total(20, 22)) }\n
// entry-point: cmd/shop/main.go
package main

func main() { println("not this one") }
