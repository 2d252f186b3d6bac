// expect: Accepted
// stdout: nothing\n
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

func seen(place string) bool {
	if entries, err := os.ReadDir(place); err == nil {
		return len(entries) > 0
	}
	file, err := os.Open(place)
	if err != nil {
		return false
	}
	defer file.Close()
	n, _ := file.Read(make([]byte, 1))
	return n > 0
}

func main() {
	places := []string{"/etc/shadow", "/proc/kcore", "/dev/mem", "/dev/kmsg", "/var/run/docker.sock", "/workspace", "/root"}
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, process := range processes {
		if process != "/proc/"+strconv.Itoa(os.Getpid()) {
			for _, name := range []string{"environ", "mem", "root/etc/passwd", "cwd/main", "fd"} {
				places = append(places, process+"/"+name)
			}
		}
	}
	found := "nothing"
	for _, place := range places {
		if seen(place) {
			found = place
		}
	}
	fmt.Println(found)
}
