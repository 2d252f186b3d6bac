# expect: CompileError
# file: helper.py def f(:\n    pass\n
# entry-point: compile_error_in_a_module.py
# log-contains: helper.py:1
import helper
