-- expect: Accepted
-- stdout: refused\n
print(io.open("/proc/1/environ") and "read" or "refused")
