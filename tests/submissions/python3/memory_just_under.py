# expect: Accepted
# limits: memory_bytes=134217728
# stdout: 104857600\n
data = bytearray(100 << 20)
print(len(data))
