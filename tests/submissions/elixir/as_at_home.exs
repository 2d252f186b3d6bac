# expect: Accepted
# stdout: 13:00 true É\n
{clock, 0} = System.cmd("date", ["-d", "@1699963200", "+%H:%M"], env: [{"TZ", "Europe/Paris"}])
IO.puts("#{String.trim(clock)} #{:rand.uniform() != :rand.uniform()} #{String.upcase("é")}")
