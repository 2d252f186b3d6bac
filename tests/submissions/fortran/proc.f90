! expect: Accepted
! stdout: refused\n
program main
  integer :: status
  character(len=1) :: byte
  open (10, file='/proc/1/environ', access='stream', action='read', iostat=status)
  if (status == 0) read (10, iostat=status) byte
  print '(a)', merge('read   ', 'refused', status == 0)
end program
