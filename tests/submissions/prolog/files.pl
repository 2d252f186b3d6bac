% expect: Accepted
% expected: from the file\n
% file: data/note.txt from the file\n
% entry-point: files.pl
:- initialization(main).

main :-
    open('data/note.txt', read, File),
    read_line_to_string(File, Line),
    writeln(Line).
