% expect: RuntimeError
% stdout: before\n
% reason-contains: main is false
main :- writeln(before), fail.
