! expect: Accepted
! expected: from the file\n
! file: data/note.txt from the file\n
! entry-point: files.f90
program main
  character(len=64) :: line
  open (10, file='data/note.txt', action='read')
  read (10, '(a)') line
  print '(a)', trim(line)
end program
