#!/bin/sh
# Run while the image is built: fetches what the base has not got, compiles the compiler's driver, and dumps the archives of classes,
# of the compiler and of what programs use.
set -eu
jars=/usr/local/share/java
home=/usr/share/gavel
# What programs may use.
libraries=$jars/kotlin-stdlib.jar:$jars/kotlinx-coroutines-core-jvm.jar
mkdir -p "$jars" "$home"
[ -e "$jars/kotlin-stdlib.jar" ] || for artifact in $(sed -n 's/^maven://p' /tmp/gavel/packages); do
  mvn -q -B dependency:copy "-Dartifact=$artifact" -Dmdep.stripVersion=true "-DoutputDirectory=$jars"
done
rm -rf "$HOME/.m2" /usr/share/maven /usr/bin/mvn*
cd /tmp/gavel
javac -cp "$jars/kotlin-compiler-embeddable.jar:$jars/kotlin-stdlib.jar" -d classes Program.java Archive.java Beginning.java ClassFile.java
jar --create --file "$home/compile.jar" -C classes .
compile() {
  java -XX:+UseSerialGC -XX:-UsePerfData -XX:TieredStopAtLevel=1 "$1" -Xss64m -cp "$home/compile.jar:$(echo "$jars"/*.jar | tr ' ' :)" \
    Program "$2" --entry= -no-stdlib -no-reflect -nowarn -classpath "$libraries" -d "$2" "$3"
}
run() {
  java -XX:+UseSerialGC -XX:-UsePerfData "-Xbootclasspath/a:$libraries" "$@"
}
compile "-XX:ArchiveClassesAtExit=$home/compile.jsa" warm.jar Warm.kt
run -Xshare:auto -XX:DumpLoadedClassList=warm.list -jar warm.jar </dev/null >/dev/null
# The program's own classes are nobody else's.
grep -v -E '^(WarmKt|Point|@lambda-proxy WarmKt|@lambda-form-invoker .*WarmKt)' warm.list >list
run -Xshare:dump -XX:SharedClassListFile=list "-XX:SharedArchiveFile=$home/run.jsa" >/dev/null
run -Xshare:on "-XX:SharedArchiveFile=$home/run.jsa" -jar warm.jar </dev/null
