// expect: Accepted
// expected: 42\n
// file: shop/prices.pas unit prices;\ninterface\nfunction total(a, b: longint): longint;\nimplementation\nfunction total(a, b: longint): longint;\nbegin\n  total := a + b;\nend;\nend.\n
// entry-point: package.pas
uses prices;
begin
  writeln(total(20, 22));
end.
