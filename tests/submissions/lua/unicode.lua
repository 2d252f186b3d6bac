-- expect: Accepted
-- stdin: grüße, 世界\n
-- expected: 界世 ,eßürg\n
local letters = {}
for _, c in utf8.codes(io.read("l")) do
  table.insert(letters, 1, utf8.char(c))
end
print(table.concat(letters))
