! expect: CompileError
! reason-contains: compiling writes a file larger than
! A table of constants that the compiler writes down, number by number.
program main
  integer :: table(2000000000) = 1
  integer :: n
  read *, n
  print *, table(n)
end program
