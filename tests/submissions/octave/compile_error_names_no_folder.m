% expect: CompileError
% log-contains: of file main.m
% log-lacks: /w/
if (1 == 1
  disp(1)
end
