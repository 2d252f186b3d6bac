# expect: Accepted
# expected: child\nparent\n
$stdout.sync = true
system("echo child")
puts "parent"
