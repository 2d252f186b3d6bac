% expect: CompileError
% log-contains: main.pl:4
main :- writeln(hello).
main :- writeln( .
