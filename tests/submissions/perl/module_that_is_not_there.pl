# expect: RuntimeError
# reason-contains: Can't locate Not/There.pm, which is none of Perl's own modules and none of the files, main.pl line 3
require Not::There;
