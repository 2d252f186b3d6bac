// expect: CompileError
// log-contains: main.go:6
package main

import _ "embed"
//go:embed ../etc/passwd
var text string

func main() { println(text) }
