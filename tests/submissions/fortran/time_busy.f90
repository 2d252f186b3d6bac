! expect: TimeLimitExceeded
! limits: cpu_ms=300
! reason-contains: CPU
program main
  do
  end do
end program
