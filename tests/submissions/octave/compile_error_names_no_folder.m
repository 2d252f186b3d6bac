% expect: CompileError
% log-contains: of file compile_error_names_no_folder.m
% log-lacks: /w/
if (1 == 1
  disp(1)
end
