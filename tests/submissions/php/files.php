<?php
// expect: Accepted
// expected: from the file\n
// file: data/note.txt from the file\n
// entry-point: files.php
echo file_get_contents("data/note.txt");
