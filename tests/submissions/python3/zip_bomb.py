# expect: MemoryLimitExceeded
# limits: memory_bytes=67108864 cpu_ms=8000
import zlib

packer = zlib.compressobj(1)
zeros = bytes(1 << 20)
bomb = b"".join(packer.compress(zeros) for _ in range(256)) + packer.flush()
print(len(zlib.decompress(bomb)))
