! expect: Accepted
! stdout: Hello, world!\n
program main
  print '(a)', 'Hello, world!'
end program
