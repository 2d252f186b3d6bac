# expect: TimeLimitExceeded
# limits: cpu_ms=400 wall_ms=10000
# reason-contains: CPU
# Bash takes the longer for a call the more there are around it: its time is over before its stack is full.
deeper() { deeper; }
deeper
