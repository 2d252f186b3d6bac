# Parses each source that is named, and runs none. What is wrong is told as `main.rb:3: ...`, for all of them.
failed = ARGV.reject do |name|
  RubyVM::InstructionSequence.compile(File.read(name), name)
rescue SyntaxError => error
  puts error.message
  false
end
exit(failed.empty? ? 0 : 1)
