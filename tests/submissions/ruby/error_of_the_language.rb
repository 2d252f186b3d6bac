# expect: RuntimeError
# reason-contains: ArgumentError: invalid value for Integer(): "12a", main.rb line 4
def number(text)
  Integer(text)
end
number("12a")
