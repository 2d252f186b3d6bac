# expect: Accepted
# stdout: refused\n
if read -r line </proc/1/environ; then echo read; else echo refused; fi 2>/dev/null
