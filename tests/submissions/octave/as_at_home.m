% expect: Accepted
% stdout: 13:00 differ\n
setenv("TZ", "Europe/Paris");
drawn = "differ";
if rand() == rand()
  drawn = "same";
end
printf("%s %s\n", strftime("%H:%M", localtime(1699963200)), drawn);
