// expect: RuntimeError
// reason-contains: deadlock
package main

func main() {
	c := make(chan int)
	c <- 1
}
