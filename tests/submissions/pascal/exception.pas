// expect: RuntimeError
// exit-code: 217
// reason-contains: Exception: no price, in PRICE of main.pas
{$mode objfpc}
uses SysUtils;
procedure price(name: string);
begin
  raise Exception.Create('no price');
end;
begin
  price('tea');
end.
