% expect: RuntimeError
% reason-contains: Invalid call to strsplit, in error_in_the_library line 4
x = 1;
strsplit();
