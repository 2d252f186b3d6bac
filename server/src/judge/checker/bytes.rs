//! A text read byte by byte in constant memory, of which any place that was marked can be told: what costs anything for that
//! is done a block at a time, or where two texts differ.

use std::io::{self, Read};

use super::excerpt::{AFTER, BEFORE, Unit, excerpt};
use super::space::is_space;
use super::token::Token;

/// In memory at a time.
const BLOCK: usize = 16 * 1024;
/// What was read last stays there: a word that is compared as a whole, and what is shown of its line.
const KEPT: usize = 5 * 1024;

/// What is read.
pub(super) struct Bytes<R> {
    from: R,
    unit: Unit,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
    gone: Gone,
    mark: u64,
    /// Of a mark that is not in the buffer any more.
    left: Option<Box<(u64, Shown)>>,
}

/// What is not in the buffer any more.
#[derive(Debug, Clone, Copy, Default)]
struct Gone {
    bytes: u64,
    lines: u64,
    /// Characters since the last end of a line.
    characters: u64,
}

/// A place in a text, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// From 1.
    pub(super) line: u64,
    /// Characters, from 1.
    pub(super) column: u64,
    /// What is around the place, of its line or word.
    pub(super) text: String,
}

impl<R: Read> Bytes<R> {
    /// Of which words, or lines, are shown.
    pub(super) fn new(from: R, unit: Unit) -> Self {
        let (buffer, gone) = (vec![0; BLOCK].into(), Gone::default());
        Self { from, unit, buffer, at: 0, filled: 0, gone, mark: 0, left: None }
    }

    /// Where the next byte is, from 0.
    pub(super) fn offset(&self) -> u64 {
        self.gone.bytes + self.at as u64
    }

    /// The next byte is one that may have to be shown, in the place of the one before.
    pub(super) fn mark(&mut self) {
        self.mark = self.offset();
    }

    /// So is the byte here, which was read not long ago.
    pub(super) fn mark_at(&mut self, offset: u64) {
        self.mark = offset;
    }

    /// The next byte, which stays the next one. None at the end.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.filled {
            self.fill()?;
        }
        Ok(self.buffer[..self.filled].get(self.at).copied())
    }

    /// Goes behind the byte that was peeked at.
    pub(super) fn step(&mut self) {
        self.at += 1;
    }

    /// Reads the next byte if it is of this kind.
    pub(super) fn next_if(&mut self, is_of_the_kind: impl FnOnce(u8) -> bool) -> io::Result<Option<u8>> {
        let next = self.peek()?.filter(|byte| is_of_the_kind(*byte));
        if next.is_some() {
            self.step();
        }
        Ok(next)
    }

    /// Reads what comes before the next white space, and at most so much of it.
    pub(super) fn token(&mut self, most: usize) -> io::Result<Token> {
        let mut bytes = Vec::new();
        while bytes.len() < most {
            let Some(byte) = self.next_if(|byte| !is_space(byte))? else { return Ok(Token::whole(bytes)) };
            bytes.push(byte);
        }
        Ok(Token::begun(bytes))
    }

    /// What is next.
    ///
    /// # Errors
    /// The reader's.
    pub(super) fn next(&mut self) -> io::Result<Shown> {
        self.shown(self.offset())
    }

    /// What is at the mark.
    ///
    /// # Errors
    /// The reader's.
    pub(super) fn marked(&mut self) -> io::Result<Shown> {
        self.shown(self.mark)
    }

    /// What is at a place that was read not long ago, or is the next one.
    ///
    /// # Errors
    /// The reader's.
    pub(super) fn shown(&mut self, offset: u64) -> io::Result<Shown> {
        while offset + AFTER as u64 > self.gone.bytes + self.filled as u64 && self.fill()? > 0 {}
        if let Some(left) = self.left.as_ref().filter(|left| left.0 == offset) {
            return Ok(left.1.clone());
        }
        Ok(self.in_buffer(offset))
    }

    fn in_buffer(&self, offset: u64) -> Shown {
        let buffer = &self.buffer[..self.filled];
        let at = usize::try_from(offset.saturating_sub(self.gone.bytes)).unwrap_or(0).min(buffer.len());
        let is_within = |at: usize| buffer.get(at).is_some_and(|byte| is_continuation(*byte));
        let at = (at.saturating_sub(3)..=at).rev().find(|at| !is_within(*at)).unwrap_or(at);
        let Gone { lines, characters, .. } = self.gone.and(&buffer[..at]);
        let is_whole = self.gone.bytes == 0 || at > BEFORE;
        let text = excerpt(buffer, at, self.unit, is_whole);
        Shown { line: lines + 1, column: characters + 1, text }
    }

    /// Reads what there is room for, and makes some where there is none.
    fn fill(&mut self) -> io::Result<usize> {
        if self.filled == self.buffer.len() {
            self.leave();
        }
        let read = self.from.read(&mut self.buffer[self.filled..])?;
        self.filled += read;
        Ok(read)
    }

    /// Leaves all but what was read last.
    fn leave(&mut self) {
        let leaving = self.filled - KEPT;
        if (self.gone.bytes..self.gone.bytes + leaving as u64).contains(&self.mark) {
            self.left = Some(Box::new((self.mark, self.in_buffer(self.mark))));
        }
        self.gone = self.gone.and(&self.buffer[..leaving]);
        self.buffer.copy_within(leaving..self.filled, 0);
        self.at = self.at.saturating_sub(leaving);
        self.filled = KEPT;
    }
}

impl Gone {
    /// With these bytes, too.
    fn and(self, bytes: &[u8]) -> Self {
        let end = bytes.iter().rposition(|byte| *byte == b'\n');
        let characters = bytes[end.map_or(0, |end| end + 1)..].iter().filter(|byte| !is_continuation(**byte));
        let before = if end.is_some() { 0 } else { self.characters };
        Self {
            bytes: self.bytes + bytes.len() as u64,
            lines: self.lines + bytes.iter().filter(|byte| **byte == b'\n').count() as u64,
            characters: before + characters.count() as u64,
        }
    }
}

/// It belongs to the character before it, where a text is UTF-8.
fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::super::Slow;
    use super::*;

    fn read_to<R: Read>(text: &mut Bytes<R>, offset: u64) {
        while text.offset() < offset && text.next_if(|_| true).unwrap().is_some() {}
    }

    fn at(text: &[u8], offset: u64) -> Shown {
        let mut fast = Bytes::new(text, Unit::Line);
        read_to(&mut fast, offset);
        let mut slow = Bytes::new(Slow(text), Unit::Line);
        read_to(&mut slow, offset);
        let shown = fast.shown(offset).unwrap();
        assert_eq!(slow.shown(offset).unwrap(), shown);
        shown
    }

    #[test]
    fn a_place_is_told_by_line_and_character_however_far_it_is() {
        for before in [0, 10, BLOCK, BLOCK * 3 + 7] {
            let (lines, long) = ("ä\n".repeat(before), "ö".repeat(before));
            let text = format!("{lines}{long}xyz\n");
            let place = at(text.as_bytes(), (lines.len() + long.len() + 1) as u64);
            assert_eq!((place.line, place.column), (before as u64 + 1, before as u64 + 2), "{before}");
            assert!(place.text.ends_with("xyz"), "{}", place.text);
        }
    }

    #[test]
    fn a_place_within_a_character_is_that_character() {
        let place = at("aé".as_bytes(), 2);
        assert_eq!((place.column, place.text.as_str()), (2, "aé"));
    }

    #[test]
    fn a_mark_is_told_also_where_much_was_read_since() {
        let text = format!("ab\ncd{}", " ".repeat(5 * BLOCK));
        for (mark, line, text_there) in [(1, 1, "ab"), (4, 2, "cd")] {
            let mut bytes = Bytes::new(text.as_bytes(), Unit::Line);
            read_to(&mut bytes, mark);
            bytes.mark();
            read_to(&mut bytes, u64::MAX);
            let shown = bytes.marked().unwrap();
            assert_eq!((shown.line, shown.column), (line, 2));
            assert!(shown.text.starts_with(text_there), "{}", shown.text);
        }
    }
}
