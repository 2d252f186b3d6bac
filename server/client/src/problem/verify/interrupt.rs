//! Ctrl-C while something of ours is on a server.

use std::io::Write as _;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};

use super::temporary::Problem;
use crate::failure::Failure;

/// Does the work. A first signal meanwhile takes the problem away and ends the process, a second ends it at once.
pub(super) fn cleaning_up<T>(
    problem: &Problem<'_>,
    work: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])
        .map_err(|why| Failure::Usage(format!("signals cannot be watched for: {why}")))?;
    // Dropped whatever becomes of the work: the thread that watches ends by it.
    let closing = Closing(signals.handle());
    let interrupted = AtomicBool::new(false);
    thread::scope(|scope| {
        let interrupted = &interrupted;
        scope.spawn(move || {
            for signal in &mut signals {
                if interrupted.swap(true, Ordering::SeqCst) {
                    process::exit(128 + signal);
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
