% expect: Accepted
% stdout: refused\n
:- initialization(main).

main :- catch((open('/proc/1/environ', read, File), get_byte(File, _)), _, fail), !, writeln(read).
main :- writeln(refused).
