#!/bin/sh
# build.sh OUTPUT SOURCE...: compiles sources to an archive that names the class with main().
set -eu
jars=/usr/local/share/java
output=$1
shift
exec java -XX:+UseSerialGC -XX:-UsePerfData -XX:TieredStopAtLevel=1 -XX:SharedArchiveFile=/usr/share/gavel/compile.jsa -Xss64m \
  -cp "$(echo "$jars"/*.jar | tr ' ' :)" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -no-stdlib -no-reflect \
  -classpath "$jars/kotlin-stdlib.jar:$jars/kotlinx-coroutines-core-jvm.jar" -d "$output" "$@"
