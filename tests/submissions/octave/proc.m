% expect: Accepted
% stdout: alone\n
seen = 0;
for entry = readdir("/proc")'
  if ! isempty(regexp(entry{1}, '^\d+$')) && str2double(entry{1}) != getpid()
    file = fopen(["/proc/" entry{1} "/environ"]);
    if file >= 0
      seen += numel(fread(file)) > 0;
      fclose(file);
    end
  end
end
if seen
  disp("seen");
else
  disp("alone");
end
