% expect: Accepted
% arguments: ["20", "22"]
% expected: 42\n
%{
function nothing
%}
function r = total(words)
  r = 0; % the end
  for i = 1:numel(words)
    r = r + str2double(words{end - i + 1});
  end
end

function show(number)
  text = "the end";
  printf("%d\n", number');
end

show(total(argv()));
