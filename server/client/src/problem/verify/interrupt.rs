//! Ctrl-C while something of ours is on a server.

use std::io::Write as _;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};

use super::temporary::Problem;
use crate::failure::Failure;

/// What comes so soon after a first signal is the same wish: `timeout` sends its signal to us and to our group.
const SAME: Duration = Duration::from_secs(1);

/// Does the work. A first signal meanwhile takes the problem away and ends the process, a second ends it at once.
pub(super) fn cleaning_up<T>(
    problem: &Problem<'_>,
    work: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])
        .map_err(|why| Failure::Usage(format!("signals cannot be watched for: {why}")))?;
    // Dropped whatever becomes of the work: the thread that watches ends by it.
    let closing = Closing(signals.handle());
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut first: Option<Instant> = None;
            for signal in &mut signals {
                match first {
                    Some(first) if first.elapsed() > SAME => process::exit(128 + signal),
                    Some(_) => continue,
                    None => first = Some(Instant::now()),
                }
                scope.spawn(move || {
                    tell("interrupted, removing what is ours; once more ends at once");
                    if let Err(why) = problem.abandon() {
                        tell(&format!("the problem {} may still be there: {why}", problem.id().as_str()));
                    }
                    process::exit(128 + signal);
                });
            }
        });
        let _closing = closing;
        work()
    })
}

struct Closing(Handle);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn tell(what: &str) {
    // A terminal that is gone is what may have interrupted us.
    drop(writeln!(std::io::stderr(), "\ngavel: {what}"));
}
