# expect: Accepted
# stdout: 13:00 differ É\n
import os
import random
import time

os.environ["TZ"] = "Europe/Paris"
time.tzset()
drawn = "same" if random.random() == random.random() else "differ"
print(time.strftime("%H:%M", time.localtime(1_699_963_200)), drawn, "é".upper())
