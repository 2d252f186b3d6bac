! expect: OutputLimitExceeded
program main
  do
    print "(A)", repeat("x", 65536)
  end do
end program main
