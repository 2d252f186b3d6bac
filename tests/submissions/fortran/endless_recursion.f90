! expect: RuntimeError
! signal: SIGSEGV
! reason-contains: endless or too deep recursion
program t
  print *, f(1)
contains
  recursive integer function f(n) result(r)
    integer, intent(in) :: n
    integer :: a(8)
    a = n
    r = 0
    if (n >= 0) r = f(n + 1) * 3 + a(mod(n, 8) + 1)
  end function
end program
