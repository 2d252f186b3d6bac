# expect: OutputLimitExceeded
# limits: file_bytes=1048576
# reason-contains: a file larger than the 1 MiB allowed
with open("file", "wb") as file:
    while True:
        file.write(bytes(65536))
