# expect: Accepted
# stdout: 13:00 differ É\n
use utf8;
use POSIX qw(strftime tzset);
binmode(STDOUT, ":utf8");
$ENV{TZ} = "Europe/Paris";
tzset();
print strftime("%H:%M", localtime(1_699_963_200)), rand() != rand() ? " differ " : " same ", ucfirst("é"), "\n";
