# expect: RuntimeError
# exit-code: 7
# reason-contains: status 7
exit 7
