// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
print(String(readLine()!.reversed()))
