! expect: Accepted
! expected: 5000050000\n
program main
  use iso_fortran_env, only: int64
  print '(i0)', depth(100000_int64)
contains
  recursive function depth(n) result(total)
    integer(int64), intent(in) :: n
    integer(int64) :: total
    total = 0
    if (n > 0) total = n + depth(n - 1)
  end function
end program
