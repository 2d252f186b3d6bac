# expect: RuntimeError
# reason-contains: LoadError: cannot load such file -- numo, main.rb line 3
require "numo"
