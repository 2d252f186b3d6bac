# expect: Accepted
# expected: a  b\nc  d\n61\n5\n2.50\n1\nb\n3\n
printf 'a b\nc d\n' | column -t
printf a | xxd -p
seq 5 | rev | tail -n 1
echo '2 k 5 2 / p' | dc
ps -o comm= -p $$ | wc -l
echo '{"a": "b"}' | jq -r .a
mkdir folder && touch folder/1 folder/2 folder/3 && zip -q all.zip folder/* && unzip -l all.zip | grep -c folder/
