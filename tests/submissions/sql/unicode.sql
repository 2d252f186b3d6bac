-- expect: Accepted
-- stdin: create table words (w text);\ninsert into words values ('grüße, 世界');\n
-- expected: 9|grüße, 世界\n
select length(w), w from words;
