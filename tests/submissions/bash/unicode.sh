# expect: Accepted
# stdin: grüße, 世界\n
# expected: 界世 ,eßürg\n
read -r line
for ((i = ${#line} - 1; i >= 0; i--)); do printf %s "${line:i:1}"; done
echo
