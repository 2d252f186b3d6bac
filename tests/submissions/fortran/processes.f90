! expect: Accepted
! expected: child\nparent\n
program main
  call execute_command_line('echo child')
  print '(a)', 'parent'
end program
