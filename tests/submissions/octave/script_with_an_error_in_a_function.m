% expect: RuntimeError
% reason-contains: division by nothing, in divided line 5
function r = divided(a, b)
  if b == 0
    error("division by nothing");
  end
  r = a / b;
end
printf("%d\n", divided(1, 0));
