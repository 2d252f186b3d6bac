#!/bin/sh
# Kotlin's compiler, as /usr/bin/kotlinc.
set -eu
home=/usr/share/gavel/kotlin
exec java -XX:+UseSerialGC -XX:-UsePerfData -XX:TieredStopAtLevel=1 \
  "${GAVEL_KOTLIN_ARCHIVE--XX:SharedArchiveFile=$home/compile.jsa}" -Xmx640m -Xss16m -cp "$(echo "$home"/lib/*.jar | tr ' ' :)" \
  org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -kotlin-home "$home" "$@"
