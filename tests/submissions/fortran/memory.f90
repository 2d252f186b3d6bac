! expect: MemoryLimitExceeded
! limits: memory_bytes=134217728 cpu_ms=4000
program main
  integer, pointer :: p(:)
  do
    allocate(p(262144))
    p = 1
  end do
end program
