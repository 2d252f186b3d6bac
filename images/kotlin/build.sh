#!/bin/sh
# build.sh OUTPUT [--entry=[FILE]] SOURCE...: compiles sources to an archive that names the class with main().
set -eu
jars=/usr/local/share/java
output=$1 entry=--entry=
shift
case $1 in --entry=*) entry=$1 && shift ;; esac
exec java -XX:+UseSerialGC -XX:-UsePerfData -XX:TieredStopAtLevel=1 -XX:SharedArchiveFile=/usr/share/gavel/compile.jsa -Xss64m \
  -cp "/usr/share/gavel/compile.jar:$(echo "$jars"/*.jar | tr ' ' :)" Program "$output" "$entry" -no-stdlib -no-reflect \
  -classpath "$jars/kotlin-stdlib.jar:$jars/kotlinx-coroutines-core-jvm.jar" -d "$output" "$@"
