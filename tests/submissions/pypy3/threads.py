# expect: Accepted
# expected: 4\n
import threading

done = []
threads = [threading.Thread(target=done.append, args=(i,)) for i in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(done))
