//! A text read byte by byte, with the number of its line, in constant memory.

use std::io::{self, Read};

use super::icpc::is_space;
use super::token::Token;

/// Read at a time.
const BLOCK: usize = 16 * 1024;

/// What is read.
pub(super) struct Bytes<R> {
    from: R,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
    line: usize,
}

impl<R: Read> Bytes<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, buffer: vec![0; BLOCK].into(), at: 0, filled: 0, line: 1 }
    }

    /// The line of the next byte, from 1.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// The next byte, which stays the next one. None at the end.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.filled {
            self.filled = self.from.read(&mut self.buffer)?;
            self.at = 0;
        }
        Ok(self.buffer[..self.filled].get(self.at).copied())
    }

    /// Goes behind the byte that was peeked at.
    pub(super) fn step(&mut self) {
        self.line += usize::from(self.buffer[self.at] == b'\n');
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
}
