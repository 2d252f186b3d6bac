! expect: CompileError
! reason-contains: take more than 2 GiB
program main
  integer, save :: table(2000000000)
  integer, save :: other(2000000000)
  integer :: n
  read *, n
  table(n) = n
  other(n) = n
  print *, table(n / 2), other(n / 3)
end program
