# expect: Accepted
# It may decide without reading, and whoever writes to it must live with that.
import sys

sys.exit(42)
