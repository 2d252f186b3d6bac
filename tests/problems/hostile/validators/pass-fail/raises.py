# expect: JudgeError
raise ValueError("the validator cannot go on")
