# expect: JudgeError
# Ends without a word and without a verdict, while the submission waits.
