# expect: RuntimeError
# exit-code: 1
# reason-contains: unbound variable, main.sh line 5
set -eu
echo "$nobody"
echo "not reached"
