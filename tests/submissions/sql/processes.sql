-- expect: Accepted
-- expected: child\nparent\n
.shell echo child
select 'parent';
