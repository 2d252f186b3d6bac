# expect: Accepted
# stdout: [(1, 'one')]\n
import sqlite3

with sqlite3.connect("test.db") as db:
    db.execute("create table t (id integer, name text)")
    db.execute("insert into t values (1, 'one')")
    print(db.execute("select * from t").fetchall())
