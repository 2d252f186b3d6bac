#!/bin/sh
# Run while the image is built: what the packages do not bring by themselves, or not fast enough for a limit of ten seconds.
set -eu
home=/usr/share/gavel
mkdir -p "$home"
# Both names of Python: tables of languages and checkers of other judges have `python`.
[ -e /usr/bin/python ] || ln -s python3 /usr/bin/python

# Kotlin's compiler looks for the libraries that it puts into archives beside itself, and knows itself by its name.
fetched=/usr/local/share/java
if [ ! -e "$fetched/kotlin-stdlib.jar" ]; then
  apt-get update
  apt-get install -y --no-install-recommends maven
  for artifact in $(sed -n 's/^maven://p' /tmp/gavel/packages); do
    mvn -q -B dependency:copy "-Dartifact=$artifact" -Dmdep.stripVersion=true "-DoutputDirectory=$fetched"
  done
  apt-get purge -y --auto-remove maven
  rm -rf "$HOME/.m2" /var/lib/apt/lists/*
fi
mkdir -p "$home/kotlin"
mv "$fetched" "$home/kotlin/lib"
mv "$home/kotlin/lib/kotlin-compiler-embeddable.jar" "$home/kotlin/lib/kotlin-compiler.jar"
install -m 755 /tmp/gavel/kotlinc.sh /usr/bin/kotlinc
# Classes of the compiler are taken from an archive that is mapped, not parsed.
cd /tmp/gavel
echo 'fun main() { println("ok") }' >probe.kt
GAVEL_KOTLIN_ARCHIVE=-XX:ArchiveClassesAtExit=$home/kotlin/compile.jsa kotlinc -include-runtime -d probe.jar probe.kt
kotlinc -include-runtime -d probe.jar probe.kt
java -jar probe.jar

# Go's library is compiled once, here.
mkdir "$home/go"
GOCACHE=$home/go HOME=/tmp GOFLAGS=-buildvcs=false go build std
# As it will be on a later day: what goes wrong then goes wrong at once.
echo 0 >"$home/go/trim.txt"
chmod -R a+rX "$home"
rm /usr/bin/go
install -m 755 /tmp/gavel/go.sh /usr/bin/go
echo 'package main
import "fmt"
func main() { fmt.Println("ok") }' >probe.go
HOME=/tmp/gavel go build -o probe probe.go
./probe
rm -rf /tmp/gavel-go
