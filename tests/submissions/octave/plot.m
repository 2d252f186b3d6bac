% expect: Accepted
% expected: drawn\n
% limits: cpu_ms=5000
h = plot (0:3, [0 1 4 9]);
title ('squares');
print ('-dpng', 'plot.png');
if (ishandle (h) && exist ('plot.png', 'file'))
  disp ('drawn');
end
