% expect: CompileError
% log-contains: parse error near line 4 of file
x = 1;
y = (1 + ;
