# expect: OutputLimitExceeded
# stderr-truncated: true
import sys

while True:
    print("x" * 65536, file=sys.stderr)
