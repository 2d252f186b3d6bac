# expect: Accepted
# stdout: Hello, world!\n
puts "Hello, world!"
