//! The line that tells where a submission is.

use super::follow::State;
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::text;

/// Characters of the line: narrower than any terminal, since a line that is broken cannot be written over.
const WIDTH: usize = 70;
/// Back to the beginning of the line, and the rest away.
const ANEW: &str = "\r\x1b[K";

/// A line that is written over where that can be, or else a line for each change.
#[derive(Debug)]
pub(super) struct Live<'a, 't> {
    terminal: &'a mut Terminal<'t>,
    total: Option<u64>,
    shown: String,
}

impl<'a, 't> Live<'a, 't> {
    /// `total` is the number of tests, if it is known.
    pub(super) fn new(terminal: &'a mut Terminal<'t>, total: Option<u64>) -> Self {
        Self { terminal, total, shown: String::new() }
    }

    pub(super) fn show(&mut self, state: &State) -> Result<(), Failure> {
        let told: String = text::line(&sentence(state, self.total)).chars().take(WIDTH).collect();
        if told == self.shown {
            return Ok(());
        }
        self.shown = told;
        if self.terminal.live {
            self.write(&format!("{ANEW}{}", self.shown))
        } else {
            self.write(&format!("{}\n", self.shown))
        }
    }

    /// Takes the line away.
    pub(super) fn end(&mut self) -> Result<(), Failure> {
        if self.terminal.live && !self.shown.is_empty() {
            return self.write(ANEW);
        }
        Ok(())
    }

    fn write(&mut self, text: &str) -> Result<(), Failure> {
        self.terminal.aside(text)
    }
}

fn sentence(state: &State, total: Option<u64>) -> String {
    match (state.state.as_str(), state.position, state.tests_done) {
        ("queued", Some(0), _) => "queued: its turn has come".to_owned(),
        ("queued", Some(place), _) => format!("queued: place {place}"),
        ("running", _, Some(done)) => match total {
            Some(total) if done < total => format!("running: test {} of {total}", done + 1),
            Some(total) => format!("running: {total} tests done"),
            None => format!("running: test {}", done.saturating_add(1)),
        },
        (other, ..) => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(state: &str, position: Option<u64>, tests_done: Option<u64>) -> State {
        State { state: state.to_owned(), position, tests_done }
    }

    fn shown(live: bool) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut terminal = Terminal { out: &mut out, err: &mut err, colour: false, live };
        let mut line = Live::new(&mut terminal, Some(2));
        let queued = state("queued", Some(3), None);
        for state in [&queued, &queued, &state("\x1b[2J\n", None, None), &state("running", None, Some(1))] {
            line.show(state).unwrap();
        }
        line.end().unwrap();
        assert!(out.is_empty());
        String::from_utf8(err).unwrap()
    }

    #[test]
    fn a_terminal_has_one_line_and_other_outputs_have_one_for_each_change() {
        let expected = "\r\x1b[Kqueued: place 3\r\x1b[K␛[2J\r\x1b[Krunning: test 2 of 2\r\x1b[K";
        assert_eq!(shown(true), expected);
        assert_eq!(shown(false), "queued: place 3\n␛[2J\nrunning: test 2 of 2\n");
    }

    #[test]
    fn every_state_has_a_sentence() {
        assert_eq!(sentence(&state("queued", Some(0), None), None), "queued: its turn has come");
        assert_eq!(sentence(&state("running", None, Some(4)), None), "running: test 5");
        assert_eq!(sentence(&state("running", None, Some(9)), Some(4)), "running: 4 tests done");
        assert_eq!(
            sentence(&state("running", None, Some(u64::MAX)), None),
            format!("running: test {}", u64::MAX)
        );
        assert_eq!(sentence(&state("compiling", None, None), None), "compiling");
    }
}
