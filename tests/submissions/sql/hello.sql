-- expect: Accepted
-- stdout: Hello, world!\n
select 'Hello, world!';
