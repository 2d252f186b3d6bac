// expect: CompileError
// log-contains: no source is of package main
package prices

func Total(a, b int) int { return a + b }
