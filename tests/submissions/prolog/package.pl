% expect: Accepted
% expected: 42\n
% file: shop/prices.pl :- module(prices, [total/3]).\ntotal(A, B, C) :- C is A + B.\n
% entry-point: package.pl
:- initialization(main).
:- use_module(shop/prices).

main :- total(20, 22, C), writeln(C).
