# expect: WrongAnswer
# A message may hold any bytes; none of them may steer a terminal or break an answer in JSON.
import sys

with open(sys.argv[3] + "judgemessage.txt", "wb") as message:
    message.write(b"\x00\xff\xfe\x1b[2J\x1b]0;title\x07\xed\xa0\x80\"\\</script>\r\n" + bytes(range(256)))
sys.exit(43)
