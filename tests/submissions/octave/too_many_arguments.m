% expect: RuntimeError
% reason-contains: f: function called with too many inputs, in main line 7
1;
function r = f(x)
  r = x;
end
disp(f(1, 2))
