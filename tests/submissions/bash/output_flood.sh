# expect: OutputLimitExceeded
printf -v line "%65536s" x
while :; do echo "$line"; done
