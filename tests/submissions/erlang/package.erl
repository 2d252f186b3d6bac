% expect: Accepted
% expected: 42\n
% file: shop/prices.erl -module(prices).\n-export([total/2]).\ntotal(A, B) -> A + B.\n
% entry-point: package.erl
-module(main).
-export([main/0]).
main() -> io:format("~w~n", [prices:total(20, 22)]).
