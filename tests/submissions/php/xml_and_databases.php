<?php
// expect: Accepted
// expected: 3 books, 2 after 2000: B, C\n
$shelf = simplexml_load_string('<shelf><book year="1999">A</book><book year="2001">B</book><book year="2024">C</book></shelf>');
$document = new DOMDocument();
$document->loadXML($shelf->asXML());
$books = new PDO('sqlite::memory:');
$books->exec('create table book (title text, year int)');
$add = $books->prepare('insert into book values (?, ?)');
foreach ($shelf->book as $book) {
    $add->execute([(string) $book, (int) $book['year']]);
}
$new = $books->query('select title from book where year > 2000 order by title')->fetchAll(PDO::FETCH_COLUMN);
printf("%d books, %d after 2000: %s\n", $document->getElementsByTagName('book')->length, count($new), implode(', ', $new));
