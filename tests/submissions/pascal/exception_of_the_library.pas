// expect: RuntimeError
// exit-code: 217
// reason-contains: EConvertError: "tea" is an invalid integer
uses SysUtils;
begin
  writeln(StrToInt('tea'));
end.
