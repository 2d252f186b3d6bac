% expect: CompileError
% log-contains: nothing is run: a program begins at `main`, or where it says `:- initialization(...).`
:- use_module(library(lists)).
:- dynamic(seen/1).

hello :- writeln(hello).
