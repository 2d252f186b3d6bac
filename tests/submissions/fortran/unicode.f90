! expect: Accepted
! stdin: grüße, 世界\n
! expected: 界世 ,eßürg\n
program main
  integer, parameter :: wide = selected_char_kind('ISO_10646')
  character(kind=wide, len=64) :: line
  integer :: i
  open (5, encoding='utf-8')
  open (6, encoding='utf-8')
  read (5, '(a)') line
  print '(*(a))', (line(i:i), i = len_trim(line), 1, -1)
end program
