! expect: Accepted
! stdin:  20\n\n 22 
! expected: 42\n
program main
  integer :: a, b
  read *, a, b
  print '(i0)', a + b
end program
