# expect: JudgeError
# Says all that there is to say, and does not end.
import os

print("hello", flush=True)
os.close(1)
while True:
    pass
