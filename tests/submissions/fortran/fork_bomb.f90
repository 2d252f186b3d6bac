! expect: TimeLimitExceeded
! limits: cpu_ms=400
! max-wall-ms: 3000
program main
  use iso_c_binding, only: c_int
  interface
    function fork() bind(c)
      import c_int
      integer(c_int) :: fork
    end function
  end interface
  integer(c_int) :: child
  do
    child = fork()
  end do
end program
