# expect: RuntimeError
# reason-contains: NoMethodError
# reason-contains: main.rb line 5
def f(value)
  value.size
end

f(nil)
