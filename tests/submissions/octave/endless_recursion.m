% expect: RuntimeError
% reason-contains: the recursion is too deep
1;
function r = f(n)
  r = f(n + 1) + 1;
end
f(0);
