% expect: RuntimeError
% reason-contains: reshape: can't reshape 2x3 array to 4x4 array, in squared line 5
1;
function r = squared(v)
  r = reshape(v, 4, 4);
end
squared(ones(2, 3));
