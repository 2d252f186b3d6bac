! expect: RuntimeError
! exit-code: 2
! reason-contains: End of file
program main
  integer :: a
  read *, a
  print *, a
end program
