# expect: RuntimeError
# exit-code: 3
# reason-contains: status 3
import sys
sys.exit(3)
