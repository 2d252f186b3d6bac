-- expect: Accepted
-- arguments: ["-v", "two words", "--help", "", "x"]
-- stdout: [-v][two words][--help][][x]
for _, word in ipairs(arg) do io.write("[", word, "]") end
