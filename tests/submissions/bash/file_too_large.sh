# expect: OutputLimitExceeded
# limits: file_bytes=1048576
# reason-contains: a file larger than the 1 MiB allowed
yes >file
