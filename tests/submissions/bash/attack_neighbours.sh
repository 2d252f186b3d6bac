# expect: Accepted
# stdout: nothing\n
seen=nothing
for place in /etc/shadow /proc/kcore /dev/mem /dev/kmsg /var/run/docker.sock /proc/[0-9]*/{environ,mem}; do
  [[ $place == /proc/$$/* ]] || ! read -r -N 1 -d '' <"$place" || seen=$place
done 2>/dev/null
for place in /workspace/* /root/* /proc/[0-9]*/{fd,root,cwd}/*; do
  [[ $place == /proc/$$/* ]] || ! [ -e "$place" ] || seen=$place
done
echo "$seen"
