#!/bin/sh
# Run while the image is built: compiles the compiler's driver, and dumps the archives of classes.
set -eu
home=/usr/share/gavel
common='-XX:+UseSerialGC -XX:-UsePerfData'
mkdir -p "$home"
cd /tmp/gavel
javac -d classes Compile.java Archive.java Beginning.java ClassFile.java
jar --create --file "$home/compile.jar" -C classes .
# The JDK's own archive, where the base has not got it.
# shellcheck disable=SC2086 # lists of options
{
  java $common -Xshare:auto -Xlog:cds=off -version 2>/dev/null
  java $common -Xshare:on -version >/dev/null 2>&1 || java $common -Xshare:dump >/dev/null
  java $common -XX:TieredStopAtLevel=1 -XX:ArchiveClassesAtExit="$home/compile.jsa" -cp "$home/compile.jar" Compile /tmp/gavel/warm.jar --entry= Warm.java
  java $common -Xshare:auto -XX:DumpLoadedClassList=warm.list -jar warm.jar </dev/null >/dev/null
  # The program's own classes are nobody else's.
  grep -v -E '^(Warm|@lambda-proxy Warm|@lambda-form-invoker .*Warm)' warm.list >list
  java $common -Xshare:dump -XX:SharedClassListFile=list -XX:SharedArchiveFile="$home/run.jsa" >/dev/null
  # Both must be of use, and not only be there.
  java $common -Xshare:on -XX:SharedArchiveFile="$home/compile.jsa" -XX:TieredStopAtLevel=1 -cp "$home/compile.jar" Compile /tmp/gavel/warm.jar --entry= Warm.java
  java $common -Xshare:on -XX:SharedArchiveFile="$home/run.jsa" -jar warm.jar </dev/null >/dev/null
}
