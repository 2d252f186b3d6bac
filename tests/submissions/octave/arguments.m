% expect: Accepted
% arguments: ["-v", "two words", "--help", "", "x"]
% stdout: [-v][two words][--help][][x]
printf("[%s]", argv(){:});
