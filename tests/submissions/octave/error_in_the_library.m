% expect: RuntimeError
% reason-contains: Invalid call to strsplit, in main line 4
x = 1;
strsplit();
