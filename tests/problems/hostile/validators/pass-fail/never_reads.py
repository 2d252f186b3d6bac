# expect: JudgeError
import time

time.sleep(3600)
