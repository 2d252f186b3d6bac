% expect: Accepted
% expected: from the file\n
% file: data/note.txt from the file\n
% entry-point: files.m
printf("%s", fileread("data/note.txt"));
