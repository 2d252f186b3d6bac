! expect: Accepted
! stdin: 20\n22\n
! expected: 42\n
program main
  integer :: a, b
  read *, a
  read *, b
  print '(i0)', a + b
end program
