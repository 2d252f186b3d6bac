//! JSON as Go's `encoding/json` reads it: the first value of a body, with that library's words for what is wrong.
//!
//! go-judge's clients see these texts in the bodies of its 400 answers, and send what Go is lenient about: keys in any
//! case, nulls for anything, doubled keys, invalid UTF-8, bytes behind the value.

/// A JSON value; numbers stay text, since Go decides by the field's type what a number may be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// Go's own bound is 10 000; a request has five levels.
const MAX_DEPTH: usize = 256;

/// Most values of a body, those in others counted too. Two bytes can be a value, and a value a command of some hundred
/// bytes in memory.
pub(super) const MAX_VALUES: usize = 100_000;

/// How much longer than the body its texts may become: Go has three bytes for each that is no UTF-8.
const MAX_GROWTH: usize = 1024 * 1024;

/// A value, and how many there are in it, itself among them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Counted {
    pub(super) value: Value,
    pub(super) values: usize,
}

/// Reads the first value of a body; what follows it is not looked at.
///
/// # Errors
/// In the words of Go's scanner; too many values, or too much text.
pub(super) fn parse(body: &[u8]) -> Result<Counted, String> {
    let text_left = body.len().saturating_add(MAX_GROWTH);
    let mut scanner = Scanner { bytes: body, at: 0, values: 0, text_left };
    scanner.skip_blanks();
    if scanner.at == body.len() {
        return Err("EOF".to_owned());
    }
    let value = scanner.value(0)?;
    Ok(Counted { value, values: scanner.values })
}

/// No more values than this are made of a body: each is behind one of these characters, which texts may have too, but a
/// text is one value. An object in a list counts twice: it is larger than other values. With more than [`MAX_VALUES`] there is none.
pub(in crate::http) fn most_values(body: &[u8]) -> usize {
    all_values(body).min(MAX_VALUES)
}

/// As [`most_values`], however many.
pub(crate) fn all_values(json: &[u8]) -> usize {
    let (mut values, mut in_text, mut escaped) = (1, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b',' | b'[' | b'{' if !in_text => values += 1,
            _ => {}
        }
    }
    values
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    values: usize,
    /// Bytes that texts may have still.
    text_left: usize,
}

impl Scanner<'_> {
    fn skip_blanks(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// The next byte, without taking it.
    fn peek(&self) -> Result<u8, String> {
        self.bytes.get(self.at).copied().ok_or_else(|| "unexpected EOF".to_owned())
    }

    fn next(&mut self) -> Result<u8, String> {
        let byte = self.peek()?;
        self.at += 1;
        Ok(byte)
    }

    /// The next byte behind blanks.
    fn token(&mut self) -> Result<u8, String> {
        self.skip_blanks();
        self.next()
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > MAX_DEPTH {
            return Err("exceeded max depth".to_owned());
        }
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(format!("too many values: {MAX_VALUES} are allowed"));
        }
        match self.token()? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => Ok(Value::String(self.string()?)),
            b't' => self.literal("true", Value::Bool(true)),
            b'f' => self.literal("false", Value::Bool(false)),
            b'n' => self.literal("null", Value::Null),
            first @ (b'-' | b'0'..=b'9') => self.number(first),
            other => Err(invalid(other, "looking for beginning of value")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, String> {
        let mut members = Vec::new();
        loop {
            match self.token()? {
                b'"' => {}
                b'}' if members.is_empty() => return Ok(Value::Object(members)),
                other => return Err(invalid(other, "looking for beginning of object key string")),
            }
            let key = self.string()?;
            match self.token()? {
                b':' => {}
                other => return Err(invalid(other, "after object key")),
            }
            members.push((key, self.value(depth + 1)?));
            match self.token()? {
                b',' => {}
                b'}' => return Ok(Value::Object(members)),
                other => return Err(invalid(other, "after object key:value pair")),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, String> {
        let mut elements = Vec::new();
        self.skip_blanks();
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(Value::Array(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            match self.token()? {
                b',' => {}
                b']' => return Ok(Value::Array(elements)),
                other => return Err(invalid(other, "after array element")),
            }
        }
    }

    fn literal(&mut self, word: &str, value: Value) -> Result<Value, String> {
        for expected in word.bytes().skip(1) {
            let found = self.next()?;
            if found != expected {
                let place = format!("in literal {word} (expecting {})", quoted(expected));
                return Err(invalid(found, &place));
            }
        }
        Ok(value)
    }

    fn number(&mut self, first: u8) -> Result<Value, String> {
        let start = self.at - 1;
        let leading = match first {
            b'-' => match self.next()? {
                digit @ b'0'..=b'9' => digit,
                other => return Err(invalid(other, "in numeric literal")),
            },
            digit => digit,
        };
        if leading != b'0' {
            self.digits();
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digit("after decimal point in numeric literal")?;
            self.digits();
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.bytes.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digit("in exponent of numeric literal")?;
            self.digits();
        }
        Ok(Value::Number(String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned()))
    }

    fn digit(&mut self, place: &str) -> Result<(), String> {
        match self.next()? {
            b'0'..=b'9' => Ok(()),
            other => Err(invalid(other, place)),
        }
    }

    fn digits(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    /// A string whose opening quote has been taken.
    fn string(&mut self) -> Result<String, String> {
        let mut text = Vec::new();
        loop {
            let start = self.at;
            while !matches!(self.bytes.get(self.at), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            text.extend_from_slice(&self.bytes[start..self.at]);
            match self.next()? {
                b'"' => break,
                b'\\' => self.escape(&mut text)?,
                control => return Err(invalid(control, "in string literal")),
            }
        }
        // Go replaces each byte of invalid UTF-8 with U+FFFD; the library does so by maximal sequences. Nobody sends
        // text in which that shows.
        let text = String::from_utf8(text)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        self.text_left =
            self.text_left.checked_sub(text.len()).ok_or("too much text that is no UTF-8".to_owned())?;
        Ok(text)
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Result<(), String> {
        let plain = match self.next()? {
            b'u' => {
                let character = self.unicode()?;
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            same @ (b'"' | b'\\' | b'/') => same,
            other => return Err(invalid(other, "in string escape code")),
        };
        text.push(plain);
        Ok(())
    }

    /// The character of `\u` escapes; half a surrogate pair is U+FFFD.
    fn unicode(&mut self) -> Result<char, String> {
        let first = self.hex()?;
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        let after = self.at;
        if first < 0xdc00 && self.bytes[after..].starts_with(b"\\u") {
            self.at += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = after;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            let byte = self.next()?;
            let digit = char::from(byte)
                .to_digit(16)
                .ok_or_else(|| invalid(byte, "in \\u hexadecimal character escape"))?;
            code = code * 16 + digit;
        }
        Ok(code)
    }
}

fn invalid(byte: u8, place: &str) -> String {
    format!("invalid character {} {place}", quoted(byte))
}

/// A byte as Go's `quoteChar` shows it.
fn quoted(byte: u8) -> String {
    match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        b'\\' => r"'\\'".to_owned(),
        b'\n' => r"'\n'".to_owned(),
        b'\r' => r"'\r'".to_owned(),
        b'\t' => r"'\t'".to_owned(),
        0x07 => r"'\a'".to_owned(),
        0x08 => r"'\b'".to_owned(),
        0x0b => r"'\v'".to_owned(),
        0x0c => r"'\f'".to_owned(),
        0..=0x1f | 0x7f => format!("'\\x{byte:02x}'"),
        0x80..=0xa0 | 0xad => format!("'\\u{byte:04x}'"),
        other => format!("'{}'", char::from(other)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error(body: &str) -> String {
        parse(body.as_bytes()).unwrap_err()
    }

    fn value(body: &[u8]) -> Result<Value, String> {
        parse(body).map(|counted| counted.value)
    }

    #[test]
    fn faults_are_told_in_the_words_of_go() {
        assert_eq!(error(""), "EOF");
        assert_eq!(error(" \n"), "EOF");
        assert_eq!(error("hello"), "invalid character 'h' looking for beginning of value");
        assert_eq!(error("{\"a\":1"), "unexpected EOF");
        assert_eq!(error("{'a'"), r"invalid character '\'' looking for beginning of object key string");
        assert_eq!(error("{\"a\" 1}"), "invalid character '1' after object key");
        assert_eq!(error("{\"a\":1 \"b\""), "invalid character '\"' after object key:value pair");
        assert_eq!(error("[1 2]"), "invalid character '2' after array element");
        assert_eq!(error("[1,]"), "invalid character ']' looking for beginning of value");
        assert_eq!(error("trux"), "invalid character 'x' in literal true (expecting 'e')");
        assert_eq!(error("\"a\nb\""), r"invalid character '\n' in string literal");
        assert_eq!(error(r#""\x""#), "invalid character 'x' in string escape code");
        assert_eq!(error(r#""\u00g0""#), r"invalid character 'g' in \u hexadecimal character escape");
        assert_eq!(error("[1.x]"), "invalid character 'x' after decimal point in numeric literal");
    }

    #[test]
    fn what_go_is_lenient_about_is_taken() {
        assert_eq!(value(b"{} trailing"), Ok(Value::Object(vec![])));
        assert_eq!(value(b"\"\xff\""), Ok(Value::String("\u{fffd}".into())));
        assert_eq!(value(br#""\ud800x""#), Ok(Value::String("\u{fffd}x".into())));
        assert_eq!(value(br#""\ud83d\ude00""#), Ok(Value::String("\u{1f600}".into())));
        assert_eq!(value(b"1e9"), Ok(Value::Number("1e9".into())));
    }

    #[test]
    fn deep_nesting_is_an_error_not_a_crash() {
        assert_eq!(error(&"[".repeat(1_000_000)), "exceeded max depth");
    }

    proptest! {
        #[test]
        fn no_body_makes_the_parser_panic(body in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = parse(&body);
        }

        #[test]
        fn what_serde_writes_is_read_the_same(text in any::<String>(), number in any::<i64>()) {
            let body = serde_json::json!([text, number]).to_string();
            let expected = Value::Array(vec![Value::String(text), Value::Number(number.to_string())]);
            prop_assert_eq!(value(body.as_bytes()), Ok(expected));
        }
    }
}
