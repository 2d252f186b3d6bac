*> expect: Accepted
*> stdout: hi\n
*> stderr: ho\n
*> log-lacks: format detected
identification division.
program-id. main.
procedure division.
display "hi".
display "ho" upon stderr.
stop run.
