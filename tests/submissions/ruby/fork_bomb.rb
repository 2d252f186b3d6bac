# expect: Accepted
# stdout: bounded\n
children = []
begin
  children << fork { sleep 60 } while children.size < 5000
rescue SystemCallError
  puts "bounded"
end
children.each { |child| Process.kill(:KILL, child) }
