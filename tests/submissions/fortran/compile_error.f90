! expect: CompileError
! log-contains: main.f90:5
program main
  integer :: a
  a = 'text'
end program
