% expect: RuntimeError
% reason-contains: v(7): out of bound 3
% reason-contains: in f line 6
1;
function r = f(v)
  r = v(7);
end
f([1 2 3]);
