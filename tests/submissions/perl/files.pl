# expect: Accepted
# expected: from the file\n
# file: data/note.txt from the file\n
# entry-point: files.pl
open(my $file, "<", "data/note.txt") or die $!;
print <$file>;
