! expect: Accepted
! expected: 42\n
! file: shop/prices.f90 module prices\ncontains\n  integer function total(a, b)\n    integer, intent(in) :: a, b\n    total = a + b\n  end function\nend module\n
! entry-point: package.f90
program main
  use prices, only: total
  print '(i0)', total(20, 22)
end program
