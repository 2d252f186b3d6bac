% expect: RuntimeError
% reason-contains: uncaught: too_little(5)
:- initialization(main).
main :- throw(too_little(5)).
