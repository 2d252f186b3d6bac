# expect: Accepted
# stdout: nothing\n
places = %w[/etc/shadow /proc/kcore /dev/mem /dev/kmsg /var/run/docker.sock /workspace /root]
Dir.glob("/proc/[0-9]*").reject { |process| process == "/proc/#{$$}" }.each do |process|
  places.concat(%w[environ mem root/etc/passwd cwd/main.rb fd].map { |name| "#{process}/#{name}" })
end
seen = places.select do |place|
  File.directory?(place) ? !Dir.empty?(place) : File.open(place) { |file| file.read(1) }
rescue SystemCallError
  false
end
puts seen.empty? ? "nothing" : seen
