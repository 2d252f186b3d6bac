% expect: RuntimeError
% reason-contains: Unknown procedure: nobody/1
:- initialization(main).

main :- nobody(x).
