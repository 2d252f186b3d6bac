% expect: OutputLimitExceeded
line = repmat("x", 1, 65536);
while true
  disp(line);
end
