! expect: WrongAnswer
! stdin: 20 22\n
! expected: 42\n
! reason-contains: line 1
program main
  integer :: a, b
  read *, a, b
  print '(i0)', a - b
end program
