! expect: RuntimeError
! exit-code: 2
! reason-contains: End of file
! reason-contains: main.f90 line 7
program main
  integer :: a
  read *, a
  print *, a
end program
