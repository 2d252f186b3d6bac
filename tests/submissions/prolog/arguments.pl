% expect: Accepted
% arguments: ["-v", "two words", "--help", "", "x"]
% stdout: [-v][two words][--help][][x]
:- initialization(main).
main :- current_prolog_flag(argv, Words), forall(member(Word, Words), format("[~w]", [Word])).
