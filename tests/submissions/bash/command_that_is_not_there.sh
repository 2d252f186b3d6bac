# expect: RuntimeError
# exit-code: 127
# reason-contains: pyhton: command not found, main.sh line 5
echo begun
pyhton --version
