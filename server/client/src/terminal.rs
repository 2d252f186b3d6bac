//! Where a command writes.

use std::io::{self, IsTerminal as _, Stderr, Stdout, Write};

use crate::failure::Failure;
use crate::paint::Colour;
use crate::text;

/// Standard output and error, and what may be done with them.
pub struct Terminal<'a> {
    /// What was asked for.
    pub out: &'a mut dyn Write,
    /// What is told beside it.
    pub err: &'a mut dyn Write,
    /// Verdicts are in colours.
    pub colour: bool,
    /// A line on `err` may be written over again and again.
    pub live: bool,
}

impl std::fmt::Debug for Terminal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal")
            .field("colour", &self.colour)
            .field("live", &self.live)
            .finish_non_exhaustive()
    }
}

impl<'a> Terminal<'a> {
    /// The process's own: in colours where standard output is a terminal and `NO_COLOR` is not set.
    pub fn of_process(out: &'a mut Stdout, err: &'a mut Stderr) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_none_or(|kind| kind == "dumb");
        let colour = out.is_terminal() && !dumb && !set("NO_COLOR");
        let live = err.is_terminal() && !dumb;
        Self { out, err, colour, live }
    }

    /// Writes what was asked for. Who reads no further has read enough.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Failure> {
        unless_closed(self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()))
    }

    /// Writes JSON.
    pub(crate) fn json(&mut self, value: &serde_json::Value) -> Result<(), Failure> {
        self.print(&format!("{}\n", text::json(value)))
    }

    /// Writes a remark. Whoever wrote what is in it, no terminal obeys it.
    pub(crate) fn remark(&mut self, text: &str) -> Result<(), Failure> {
        unless_closed(self.err.write_all(text::block(text).as_bytes()))
    }

    /// Writes a part of a line beside what was asked for.
    pub(crate) fn aside(&mut self, text: &str) -> Result<(), Failure> {
        unless_closed(self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush()))
    }

    /// Tells why a command failed.
    pub(crate) fn complain(&mut self, failure: &Failure) -> io::Result<()> {
        writeln!(self.err, "gavel: {}", text::block(&failure.to_string()).trim_end())
    }

    /// The text in the colour, where there are colours.
    pub(crate) fn painted(&self, colour: Colour, text: &str) -> String {
        if self.colour { colour.paint(text) } else { text.to_owned() }
    }
}

fn unless_closed(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(why) if why.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
