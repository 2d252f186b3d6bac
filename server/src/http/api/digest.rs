//! What two requests under one idempotency key must have in common: what they ask for, and not how it is written.

use crate::content::Content;
use crate::submission::{RunLimits, Submission, TestCase};

/// Of everything but the id.
pub(super) fn of(submission: &Submission) -> [u8; 32] {
    let Submission { id: _, language, files, tests, limits, compile_limits, user, isolation, checker } =
        submission;
    let mut digest = Digest(blake3::Hasher::new());
    digest.add(language.as_bytes());
    digest.number(files.len() as u64);
    for (name, content) in files {
        digest.add(name.as_bytes());
        digest.content(Some(content));
    }
    digest.number(tests.len() as u64);
    for TestCase { input, answer } in tests {
        digest.content(Some(input));
        digest.content(answer.as_ref());
    }
    digest.limits(limits);
    digest.limits(compile_limits);
    digest.number(u64::from(user.is_some()));
    digest.add(user.as_deref().unwrap_or_default().as_bytes());
    digest.number(*isolation as u64);
    digest.number(*checker as u64);
    *digest.0.finalize().as_bytes()
}

struct Digest(blake3::Hasher);

impl Digest {
    fn add(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.update(bytes);
    }

    fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    fn content(&mut self, content: Option<&Content>) {
        match content {
            Some(content) => self.add(content.hash().as_bytes()),
            None => self.number(0),
        }
    }

    fn limits(&mut self, limits: &RunLimits) {
        let RunLimits { cpu, wall, memory, stack, file, output, processes, open_files } = *limits;
        for time in [cpu, wall] {
            self.number(time.as_secs());
            self.number(time.subsec_nanos().into());
        }
        for size in [memory, stack, file, output] {
            self.number(size.get());
        }
        self.number(processes.into());
        self.number(open_files.into());
    }
}
