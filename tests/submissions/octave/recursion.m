% expect: Accepted
% expected: 20100\n
1;
function r = depth(n)
  if n == 0
    r = 0;
  else
    r = n + depth(n - 1);
  end
end
printf("%d\n", depth(200));
