! expect: RuntimeError
! exit-code: 2
! reason-contains: above upper bound of 3, main.f90 line 8
program main
  integer :: a(3), i
  a = 1
  i = 3 + a(1)
  print *, a(i)
end program
