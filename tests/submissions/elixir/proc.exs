# expect: Accepted
# stdout: eacces\n
{:error, reason} = File.read("/proc/1/environ")
IO.puts(reason)
