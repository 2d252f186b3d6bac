% expect: CompileError
% log-contains: main.erl:5:
% log-lacks: main.erl:1:
main(_) ->
    total(1, 2).
