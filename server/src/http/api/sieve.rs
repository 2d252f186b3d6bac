//! Takes the texts out of a submission's JSON while it comes in: sources, inputs and answers go where they stay, at most
//! 64 KiB of them in memory, and what is left for the parser is small.
//!
//! In place of each text stands a name that nobody can guess. Everything else is left to the parser as it is; what
//! this file decides by itself is only where strings begin and end, and whose they are.

use std::io;

use base64::DecodeError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::blobs::{Blobs, Growing, Packer};
use crate::content::Content;

/// As deep as the parser goes.
const DEEPEST: usize = 128;
/// What is unescaped before it is passed on.
const BLOCK: usize = 64 * 1024;

/// Why a body is not read on.
#[derive(Debug, thiserror::Error)]
pub(super) enum SieveError {
    /// No JSON; in the parser's words.
    #[error("{what} at line {line} column {column}")]
    Malformed { what: &'static str, line: usize, column: usize },
    /// There is too much in it that is no text.
    #[error("more than {0} bytes of it are no source, input or answer")]
    TooMuch(usize),
    /// The disk's.
    #[error("failed to keep a text")]
    Disk(#[from] io::Error),
}

/// The texts of a body, and the names that stand for them.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// Of this request; empty where nothing was taken out.
    mark: String,
    texts: Vec<Result<Content, String>>,
}

/// Reads a body in chunks.
#[derive(Debug)]
pub(super) struct Sieve {
    mark: String,
    /// What is left for the parser.
    rest: Vec<u8>,
    most_rest: usize,
    frames: Vec<Frame>,
    state: State,
    sources: Packer,
    tests: Packer,
    taken: Vec<Taken>,
    place: Place,
}

/// A text that was taken out: its number in its packer, or why it is no base64.
#[derive(Debug)]
enum Taken {
    Source(usize),
    Test(usize),
    Broken(String),
}

#[derive(Debug, Clone, Copy)]
struct Place {
    line: usize,
    column: usize,
}

/// An object or an array that is open.
#[derive(Debug, Clone, Copy)]
struct Frame {
    is_object: bool,
    /// The next string is a key.
    at_key: bool,
    inside: Inside,
    /// What the value behind the latest key is.
    value: Role,
}

/// What strings in an object are.
#[derive(Debug, Clone, Copy)]
enum Inside {
    /// What their keys say.
    ByKey,
    /// Texts of this kind, whatever the keys.
    Texts(Kind),
    /// No texts, whatever the keys: those are the client's own.
    Words,
}

/// What a value is, by its key.
#[derive(Debug, Clone, Copy)]
enum Role {
    Text(Kind),
    /// An object whose values are texts.
    Texts(Kind),
    /// An object of the client's own names, whose values are none.
    Words,
    Other,
}

/// How a text is written, and what it is for.
#[derive(Debug, Clone, Copy)]
struct Kind {
    is_base64: bool,
    is_source: bool,
}

#[derive(Debug)]
enum State {
    /// Between strings.
    Outside,
    /// In a string that is left as it is.
    Raw { is_key: bool, escaped: bool, from: usize },
    /// In one that is taken out.
    Text(Box<Text>),
}

/// A text that is being taken out.
#[derive(Debug)]
struct Text {
    kind: Kind,
    escape: Escape,
    utf8: Utf8,
    block: Vec<u8>,
    base64: Base64,
    growing: Growing,
}

#[derive(Debug, Clone, Copy)]
enum Escape {
    No,
    /// Behind `\`.
    Began,
    /// In the digits of `\u`.
    Hex {
        digits: u8,
        value: u16,
        high: Option<u16>,
    },
    /// Behind the first half of a pair: `\` is next.
    High(u16),
    /// And now `u`.
    HighBegan(u16),
}

impl Texts {
    /// The text that stands there, or that a name stands for; else why it is no base64.
    pub(super) fn take(&self, text: String, is_base64: bool) -> Result<Content, String> {
        if let Some(taken) = self.named(&text) {
            return taken.clone();
        }
        if is_base64 {
            return STANDARD.decode(text).map(Content::from).map_err(|why| why.to_string());
        }
        Ok(text.into_bytes().into())
    }

    /// Something was taken out.
    pub(super) fn were_taken(&self) -> bool {
        !self.mark.is_empty()
    }

    fn named(&self, text: &str) -> Option<&Result<Content, String>> {
        let number = text.strip_prefix(self.mark.as_str()).filter(|_| self.were_taken())?;
        self.texts.get(number.parse::<usize>().ok()?)
    }
}

impl Sieve {
    /// For one body, of which at most `most_rest` bytes may be something else than texts.
    pub(super) fn new(blobs: &Blobs, most_rest: usize) -> Self {
        Self {
            mark: format!("{}.", uuid::Uuid::new_v4().simple()),
            rest: Vec::new(),
            most_rest,
            frames: Vec::new(),
            state: State::Outside,
            sources: Packer::new(blobs.clone()),
            tests: Packer::new(blobs.clone()),
            taken: Vec::new(),
            place: Place { line: 1, column: 0 },
        }
    }

    /// Reads a chunk.
    ///
    /// # Errors
    /// Any [`SieveError`].
    pub(super) fn feed(&mut self, mut chunk: &[u8]) -> Result<(), SieveError> {
        while let Some((&byte, behind)) = chunk.split_first() {
            chunk = match &self.state {
                State::Outside => {
                    self.outside(byte)?;
                    behind
                }
                State::Raw { .. } => {
                    self.raw(byte)?;
                    behind
                }
                State::Text(_) => self.text(chunk)?,
            };
            if self.rest.len() > self.most_rest {
                return Err(SieveError::TooMuch(self.most_rest));
            }
        }
        Ok(())
    }

    /// Bytes in memory, about.
    pub(super) fn memory(&self) -> u64 {
        let texts = self.taken.len() * size_of::<Content>();
        // A block that is being unescaped, and one that may yet be small.
        (self.rest.capacity() + texts + 3 * BLOCK) as u64
    }

    /// What is left for the parser, and the texts.
    ///
    /// # Errors
    /// Any [`SieveError`].
    pub(super) fn finish(self) -> Result<(Vec<u8>, Texts), SieveError> {
        if matches!(self.state, State::Text(_)) {
            return Err(self.place.malformed("EOF while parsing a string"));
        }
        let (sources, tests) = (self.sources.finish()?, self.tests.finish()?);
        let content = |taken| match taken {
            Taken::Source(number) => Ok(sources[number].clone()),
            Taken::Test(number) => Ok(tests[number].clone()),
            Taken::Broken(why) => Err(why),
        };
        let texts = self.taken.into_iter().map(content).collect();
        Ok((self.rest, Texts { mark: self.mark, texts }))
    }

    fn outside(&mut self, byte: u8) -> Result<(), SieveError> {
        self.place.pass(byte);
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {
                // One blank is enough to keep apart what must not grow together.
                if self.rest.last() != Some(&b' ') {
                    self.rest.push(b' ');
                }
                return Ok(());
            }
            b'{' | b'[' => self.open(byte == b'{')?,
            b'}' | b']' => drop(self.frames.pop()),
            b',' => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.at_key = frame.is_object;
                }
            }
            b'"' => return self.string(),
            _ => {}
        }
        self.rest.push(byte);
        Ok(())
    }

    fn open(&mut self, is_object: bool) -> Result<(), SieveError> {
        if self.frames.len() == DEEPEST {
            return Err(self.place.malformed("recursion limit exceeded"));
        }
        let inside = match self.frames.last().map(|frame| (frame.inside, frame.value)) {
            Some((Inside::Words, _) | (_, Role::Words)) => Inside::Words,
            Some((_, Role::Texts(kind))) if is_object => Inside::Texts(kind),
            _ => Inside::ByKey,
        };
        self.frames.push(Frame { is_object, at_key: is_object, inside, value: Role::Other });
        Ok(())
    }

    /// A string begins.
    fn string(&mut self) -> Result<(), SieveError> {
        let frame = self.frames.last_mut();
        let is_key = frame.as_ref().is_some_and(|frame| frame.at_key);
        let text = frame.filter(|frame| frame.is_object && !is_key).and_then(Frame::take_text);
        self.state = match text {
            Some(kind) => State::Text(Box::new(Text::new(kind))),
            None => State::Raw { is_key, escaped: false, from: self.rest.len() + 1 },
        };
        if text.is_none() {
            self.rest.push(b'"');
        }
        Ok(())
    }

    fn raw(&mut self, byte: u8) -> Result<(), SieveError> {
        self.place.pass(byte);
        self.rest.push(byte);
        let State::Raw { is_key, escaped, from } = &mut self.state else { return Ok(()) };
        match byte {
            _ if *escaped => *escaped = false,
            b'\\' => *escaped = true,
            b'"' => {
                let key = &self.rest[*from..self.rest.len() - 1];
                if let Some(frame) = self.frames.last_mut().filter(|_| *is_key) {
                    frame.value = Role::of(key);
                    frame.at_key = false;
                }
                self.state = State::Outside;
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads on in a text, and returns what is behind what was read.
    fn text<'a>(&mut self, chunk: &'a [u8]) -> Result<&'a [u8], SieveError> {
        let State::Text(text) = &mut self.state else { return Ok(chunk) };
        let packer = if text.kind.is_source { &mut self.sources } else { &mut self.tests };
        let mut left = chunk;
        if matches!(text.escape, Escape::No) {
            let plain = left.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
            let (run, behind) = left.split_at(plain.unwrap_or(left.len()));
            self.place.column += run.len();
            text.utf8.check(run).map_err(|()| self.place.malformed("invalid unicode code point"))?;
            text.block.extend_from_slice(run);
            left = behind;
        }
        if let Some((&byte, behind)) = left.split_first() {
            self.place.column += 1;
            left = behind;
            let ended = text.special(byte).map_err(|what| self.place.malformed(what))?;
            if ended {
                let State::Text(text) = std::mem::replace(&mut self.state, State::Outside) else {
                    return Ok(left);
                };
                let taken = text.end(packer)?;
                self.rest.extend_from_slice(format!("\"{}{}\"", self.mark, self.taken.len()).as_bytes());
                self.taken.push(taken);
                return Ok(left);
            }
        }
        if text.block.len() >= BLOCK {
            text.pass_on(packer, false)?;
        }
        Ok(left)
    }
}

impl Frame {
    /// What the string that begins now is, if it is a text. Behind a key there is one value.
    fn take_text(&mut self) -> Option<Kind> {
        match (self.inside, std::mem::replace(&mut self.value, Role::Other)) {
            (Inside::Texts(kind), _) | (Inside::ByKey, Role::Text(kind)) => Some(kind),
            _ => None,
        }
    }
}

impl Role {
    /// Of a key as it is written, which may be in escapes.
    fn of(written: &[u8]) -> Self {
        if written.contains(&b'\\') {
            let quoted = [b"\"", written, b"\""].concat();
            // What is no key is told by who reads the rest.
            let key: Option<String> = serde_json::from_slice(&quoted).ok();
            return key.map_or(Self::Other, |key| Self::of_name(key.as_bytes()));
        }
        Self::of_name(written)
    }

    fn of_name(key: &[u8]) -> Self {
        let kind = |is_base64, is_source| Kind { is_base64, is_source };
        match key {
            b"source" => Self::Text(kind(false, true)),
            b"source_base64" => Self::Text(kind(true, true)),
            b"stdin" | b"expected" => Self::Text(kind(false, false)),
            b"stdin_base64" | b"expected_base64" => Self::Text(kind(true, false)),
            b"files" => Self::Texts(kind(false, true)),
            b"files_base64" => Self::Texts(kind(true, true)),
            b"reference" => Self::Words,
            _ => Self::Other,
        }
    }
}

impl Place {
    fn pass(&mut self, byte: u8) {
        if byte == b'\n' {
            *self = Self { line: self.line + 1, column: 0 };
        } else {
            self.column += 1;
        }
    }

    fn malformed(self, what: &'static str) -> SieveError {
        SieveError::Malformed { what, line: self.line, column: self.column }
    }
}

impl Text {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            escape: Escape::No,
            utf8: Utf8::default(),
            block: Vec::new(),
            base64: Base64::default(),
            growing: Growing::default(),
        }
    }

    /// A byte that is not copied as it is. True where the text ends with it.
    fn special(&mut self, byte: u8) -> Result<bool, &'static str> {
        match (self.escape, byte) {
            (Escape::No, _) if !self.utf8.is_whole() => return Err("invalid unicode code point"),
            (Escape::No, b'"') => return Ok(true),
            (Escape::No, b'\\') => self.escape = Escape::Began,
            (Escape::No, _) => {
                return Err("control character (\\u0000-\\u001F) found while parsing a string");
            }
            (Escape::Began, b'u') => self.escape = Escape::Hex { digits: 0, value: 0, high: None },
            (Escape::Began, _) => {
                self.block.push(unescaped(byte).ok_or("invalid escape")?);
                self.escape = Escape::No;
            }
            (Escape::High(high), b'\\') => self.escape = Escape::HighBegan(high),
            (Escape::HighBegan(high), b'u') => {
                self.escape = Escape::Hex { digits: 0, value: 0, high: Some(high) };
            }
            (Escape::High(_) | Escape::HighBegan(_), _) => return Err("unexpected end of hex escape"),
            (Escape::Hex { digits, value, high }, _) => {
                let digit = char::from(byte).to_digit(16).and_then(|digit| u16::try_from(digit).ok());
                let value = value << 4 | digit.ok_or("invalid escape")?;
                let digits = digits + 1;
                self.escape = match digits {
                    4 => self.code_unit(value, high)?,
                    _ => Escape::Hex { digits, value, high },
                };
            }
        }
        Ok(false)
    }

    /// A whole `\uXXXX`.
    fn code_unit(&mut self, unit: u16, high: Option<u16>) -> Result<Escape, &'static str> {
        let code = match (high, unit) {
            (None, 0xd800..=0xdbff) => return Ok(Escape::High(unit)),
            (None, 0xdc00..=0xdfff) => return Err("lone leading surrogate in hex escape"),
            (None, _) => u32::from(unit),
            (Some(high), 0xdc00..=0xdfff) => {
                0x1_0000 + (u32::from(high - 0xd800) << 10 | u32::from(unit - 0xdc00))
            }
            (Some(_), _) => return Err("lone leading surrogate in hex escape"),
        };
        let character = char::from_u32(code).ok_or("invalid unicode code point")?;
        self.block.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(Escape::No)
    }

    /// Passes on what is unescaped; all of it where it is the last.
    fn pass_on(&mut self, packer: &mut Packer, is_last: bool) -> io::Result<()> {
        if self.kind.is_base64 {
            return packer.grow(&mut self.growing, &self.base64.decode(&mut self.block, is_last));
        }
        packer.grow(&mut self.growing, &self.block)?;
        self.block.clear();
        Ok(())
    }

    fn end(mut self, packer: &mut Packer) -> io::Result<Taken> {
        self.pass_on(packer, true)?;
        if let Some(why) = self.base64.broken {
            return Ok(Taken::Broken(why));
        }
        let number = packer.place(self.growing)?;
        Ok(if self.kind.is_source { Taken::Source(number) } else { Taken::Test(number) })
    }
}

/// What stands for a character behind `\`.
fn unescaped(byte: u8) -> Option<u8> {
    Some(match byte {
        b'"' | b'\\' | b'/' => byte,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        _ => return None,
    })
}

/// Base64 in parts.
#[derive(Debug, Default)]
struct Base64 {
    /// Characters decoded.
    at: usize,
    /// Padding came: nothing may follow.
    is_padded: bool,
    broken: Option<String>,
}

impl Base64 {
    /// Takes what can be decoded out of a block.
    fn decode(&mut self, block: &mut Vec<u8>, is_last: bool) -> Vec<u8> {
        let whole = if is_last { block.len() } else { block.len() / 4 * 4 };
        let part: Vec<u8> = block.drain(..whole).collect();
        let Some(&first) = part.first().filter(|_| self.broken.is_none()) else { return Vec::new() };
        let decoded =
            if self.is_padded { Err(DecodeError::InvalidByte(0, first)) } else { STANDARD.decode(&part) };
        match decoded {
            Ok(bytes) => {
                self.is_padded = bytes.len() * 4 != whole * 3;
                self.at += whole;
                bytes
            }
            Err(why) => {
                self.broken = Some(shifted(why, self.at).to_string());
                Vec::new()
            }
        }
    }
}

/// An error in a part, as of the whole.
fn shifted(why: DecodeError, by: usize) -> DecodeError {
    match why {
        DecodeError::InvalidByte(at, byte) => DecodeError::InvalidByte(at + by, byte),
        DecodeError::InvalidLastSymbol(at, byte) => DecodeError::InvalidLastSymbol(at + by, byte),
        DecodeError::InvalidLength(length) => DecodeError::InvalidLength(length + by),
        DecodeError::InvalidPadding => DecodeError::InvalidPadding,
    }
}

/// Checks text that comes in parts.
#[derive(Debug, Default)]
struct Utf8 {
    /// The begin of a character.
    begun: Vec<u8>,
}

impl Utf8 {
    fn is_whole(&self) -> bool {
        self.begun.is_empty()
    }

    fn check(&mut self, mut part: &[u8]) -> Result<(), ()> {
        while let (false, Some((&byte, behind))) = (self.is_whole(), part.split_first()) {
            self.begun.push(byte);
            part = behind;
            match std::str::from_utf8(&self.begun) {
                Ok(_) => self.begun.clear(),
                Err(why) if why.error_len().is_some() => return Err(()),
                Err(_) => {}
            }
        }
        match std::str::from_utf8(part) {
            Ok(_) => Ok(()),
            Err(why) if why.error_len().is_some() => Err(()),
            Err(why) => {
                self.begun.extend_from_slice(&part[why.valid_up_to()..]);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests;
