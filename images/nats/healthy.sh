#!/bin/sh
# Whether the broker serves: streams, too. The official image has wget, one made of packages has bash.
set -eu
if command -v wget >/dev/null; then
  exec wget -q -T 5 -O /dev/null http://127.0.0.1:8222/healthz
fi
exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/8222
  printf "GET /healthz HTTP/1.0\r\n\r\n" >&3
  IFS= read -r -t 5 status <&3
  [[ $status == "HTTP/1."?" 200 "* ]]'
