//! For fuzzers: new submissions, read whole as small ones are and in pieces as large ones are.

use std::path::Path;
use std::sync::OnceLock;

use super::sieve::{Sieve, Texts};
use super::wire::{NewSubmission, Rules};
use crate::blobs::Blobs;
use crate::config::Config;
use crate::language::Languages;
use crate::submission::Submission;

struct Place {
    config: Config,
    languages: Languages,
    blobs: Blobs,
    _directory: tempfile::TempDir,
}

fn place() -> &'static Place {
    static PLACE: OnceLock<Place> = OnceLock::new();
    PLACE.get_or_init(|| {
        let directory = tempfile::tempdir().expect("a directory");
        let (blobs, _orphans) = Blobs::open(directory.path()).expect("blobs");
        let languages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../images/languages.toml");
        let languages = Languages::load(&languages, "latest").expect("languages");
        Place { config: Config::default(), languages, blobs, _directory: directory }
    })
}

fn parsed(json: &[u8], texts: &Texts) -> Option<Submission> {
    let Place { config, languages, .. } = place();
    let rules = Rules { limits: &config.limits, sandbox: &config.sandbox, languages };
    let (new, unknown) = NewSubmission::parse(json, texts).ok()?;
    new.into_submission(rules, texts, unknown).ok().map(|(submission, _asked)| submission)
}

fn sieved(body: &[u8], piece: usize) -> Option<Submission> {
    let mut sieve = Sieve::new(&place().blobs, 1 << 20);
    for piece in body.chunks(piece) {
        sieve.feed(piece).ok()?;
    }
    let (rest, texts) = sieve.finish().ok()?;
    parsed(&rest, &texts)
}

/// Both ways come to the same, and what they come to is within the rules.
pub(crate) fn submissions(body: &[u8]) {
    let whole = parsed(body, &Texts::default());
    let piece = 1 + usize::from(body.last().copied().unwrap_or(0));
    let sizes = |submission: &Submission| {
        let files: Vec<_> = submission.files.iter().map(|(name, file)| (name.clone(), file.size())).collect();
        let tests = submission.tests.iter().flat_map(|test| test.contents().map(|content| content.size()));
        (files, tests.collect::<Vec<_>>(), submission.limits, submission.user.clone())
    };
    let in_pieces = sieved(body, piece);
    assert_eq!(whole.as_ref().map(sizes), in_pieces.as_ref().map(sizes));
    let limits = &place().config.limits;
    for submission in whole.iter() {
        assert!(!submission.files.is_empty() && !submission.tests.is_empty());
        assert!(submission.tests.len() <= limits.tests && submission.own_memory <= limits.run_max.memory);
    }
}
