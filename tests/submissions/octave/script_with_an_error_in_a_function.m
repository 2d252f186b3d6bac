% expect: RuntimeError
% reason-contains: divided: nothing to divide by (in divided line 5), in main line 9
function r = divided(a, b)
  if b == 0
    error("divided: nothing to divide by");
  end
  r = a / b;
end
printf("%d\n", divided(1, 0));
