// expect: RuntimeError
// reason-contains: deadlock!, main.go line 7
package main

func main() {
	c := make(chan int)
	c <- 1
}
