! expect: Accepted
! arguments: ["-v", "two words", "--help", "", "x"]
! stdout: [-v][two words][--help][][x]
program words
  character(32) :: word
  integer :: i, length
  do i = 1, command_argument_count()
    call get_command_argument(i, word, length)
    write (*, '(3a)', advance='no') '[', word(1:length), ']'
  end do
end program
