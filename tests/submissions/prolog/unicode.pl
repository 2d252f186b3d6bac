% expect: Accepted
% stdin: grüße, 世界\n
% expected: 界世 ,eßürg\n
:- initialization(main).

main :-
    read_line_to_codes(user_input, Line),
    reverse(Line, Turned),
    format("~s~n", [Turned]).
