# expect: Accepted
# stdout: 13:00 differ É\n
ENV["TZ"] = "Europe/Paris"
puts "#{Time.at(1_699_963_200).strftime("%H:%M")} #{rand == rand ? "same" : "differ"} #{"é".upcase}"
