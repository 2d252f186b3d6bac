# expect: Accepted
# stdout: refused\n
begin
  puts "#{File.binread("/proc/1/environ").size} bytes"
rescue SystemCallError
  puts "refused"
end
