% expect: Accepted
% expected: 42\n
% Of a file of functions the first one is called.
function main
  printf("%d\n", doubled(21));
end

function r = doubled(number)
  r = 2 * number;
end
