<?php
// Parses each source that is named, and runs none. What is wrong is told as `main.php:3: ...`, for all of them.
$failed = false;
foreach (array_slice($argv, 1) as $name) {
    try {
        token_get_all(file_get_contents($name), TOKEN_PARSE);
    } catch (ParseError $error) {
        echo $name, ':', $error->getLine(), ': ', get_class($error), ': ', $error->getMessage(), "\n";
        $failed = true;
    }
}
exit($failed ? 1 : 0);
