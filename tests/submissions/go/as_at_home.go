// expect: Accepted
// stdout: 13:00 differ É\n
package main

import (
	"fmt"
	"math/rand"
	"strings"
	"time"
)

func main() {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	drawn := "differ"
	if rand.Int63() == rand.Int63() {
		drawn = "same"
	}
	fmt.Println(time.Unix(1_699_963_200, 0).In(paris).Format("15:04"), drawn, strings.ToUpper("é"))
}
