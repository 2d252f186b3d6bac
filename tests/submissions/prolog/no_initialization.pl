% expect: CompileError
% log-contains: nothing is run: a program begins where it says `:- initialization(main).`
:- use_module(library(lists)).
:- dynamic(seen/1).

main :- writeln(hello).
