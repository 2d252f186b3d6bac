# expect: Accepted
# stdout: 13:00\n
import os
import time

os.environ["TZ"] = "Europe/Paris"
time.tzset()
print(time.strftime("%H:%M", time.localtime(1_700_000_000 - 1_700_000_000 % 86400 + 43200)))
