//! Problems whose programs are run more than once for a test: a validator that accepts an output may leave `nextpass.in`, which
//! is the input of the next run, and whatever else it leaves in its folder is there when it looks at the next output (problem
//! package format, "Multi-pass validation").

use std::collections::BTreeMap;
use std::io;

use gavel_protocol::{Bytes, Usage};

use super::JudgeError;
use super::judgement::Verdict;
use super::validator::{Finding, NEXT};
use crate::blobs::{Blobs, Growing, Packer};
use crate::blocking::on_disk;
use crate::content::Content;
use crate::copy;
use crate::problem::Problem;
use crate::sandbox::Leaving;

/// Most files that a validator may leave for itself.
const MOST_FILES: usize = 32;
/// Most bytes of them, and of the next input, together.
const MOST_BYTES: u64 = 64 << 20;
pub(super) const MOST: Bytes = Bytes(MOST_BYTES);

/// The runs of one test.
#[derive(Debug)]
pub(super) struct Passes {
    most: u64,
    number: u64,
    /// Of the next run, where it is not the test's.
    input: Option<Content>,
    /// What the validator has left for itself, where it may.
    kept: Option<BTreeMap<String, Content>>,
    /// Of the run that has used the most.
    usage: Usage,
}

impl Passes {
    /// Of a test of this problem, or of a submission's own.
    pub(super) fn of(problem: Option<&Problem>) -> Self {
        let manifest = problem.map(|problem| &problem.manifest).filter(|manifest| manifest.kind.multi_pass);
        Self {
            most: manifest.map_or(1, |manifest| manifest.limits.validation_passes),
            number: 1,
            input: None,
            kept: manifest.map(|_| BTreeMap::new()),
            usage: Usage::default(),
        }
    }

    /// Standard input of the next run.
    pub(super) fn input<'p>(&'p self, of_test: &'p Content) -> &'p Content {
        self.input.as_ref().unwrap_or(of_test)
    }

    /// What is in the validator's folder.
    pub(super) fn kept(&self) -> Option<&BTreeMap<String, Content>> {
        self.kept.as_ref()
    }

    /// Whether there may be more than one.
    pub(super) fn is_anew(&self) -> bool {
        self.kept.is_some()
    }

    /// Of a test is told what the run has used that has used the most.
    pub(super) fn most_used(&mut self, usage: Usage) -> Usage {
        self.usage = most_of(self.usage, usage);
        self.usage
    }

    /// Whether there is another run after a validator has found this and left that; what it has done wrong is the finding.
    ///
    /// # Errors
    /// The disk's.
    pub(super) async fn goes_on(
        &mut self,
        finding: &mut Finding,
        left: Vec<Leaving>,
        blobs: &Blobs,
    ) -> Result<bool, JudgeError> {
        if self.kept.is_none() || finding.verdict == Verdict::JudgeError {
            return Ok(false);
        }
        let has_next = left.iter().any(|file| file.name == NEXT);
        let fault = match finding.verdict {
            Verdict::Accepted if !has_next => return Ok(false),
            Verdict::Accepted if self.number >= self.most => {
                format!("asked for more than the {} passes allowed", self.most)
            }
            Verdict::Accepted => match self.take(left, blobs).await? {
                None => return Ok(true),
                Some(fault) => fault,
            },
            Verdict::WrongAnswer if has_next => format!("left `{NEXT}` and does not accept the output"),
            _ => return Ok(false),
        };
        *finding = finding.broken(&fault);
        Ok(false)
    }

    /// Takes what was left; what is wrong with that.
    async fn take(&mut self, left: Vec<Leaving>, blobs: &Blobs) -> Result<Option<String>, JudgeError> {
        let bytes = left.iter().map(|file| file.size.get()).fold(0, u64::saturating_add);
        if left.len() > MOST_FILES || bytes > MOST_BYTES {
            return Ok(Some(format!(
                "left more than {MOST_FILES} files or {} MiB in its folder",
                MOST_BYTES >> 20
            )));
        }
        let blobs = blobs.clone();
        let reading = on_disk(move || read(left, blobs));
        let read = reading
            .await
            .map_err(|source| JudgeError::Workspace { doing: "keep what a validator left", source })?;
        let mut kept: BTreeMap<_, _> = read.into_iter().collect();
        self.input = kept.remove(NEXT);
        self.kept = Some(kept);
        self.number += 1;
        Ok(None)
    }
}

/// The most that either of two runs has used.
pub(super) fn most_of(one: Usage, other: Usage) -> Usage {
    let larger = if one.cpu_time() > other.cpu_time() { one } else { other };
    Usage { wall_time: one.wall_time.max(other.wall_time), memory: one.memory.max(other.memory), ..larger }
}

/// Of each file so much as it had when it was handed out: who wrote it may write on.
fn read(left: Vec<Leaving>, blobs: Blobs) -> io::Result<Vec<(String, Content)>> {
    let (mut packer, mut names) = (Packer::passing(blobs), Vec::new());
    for Leaving { name, descriptor, size } in left {
        let mut content = Growing::default();
        copy::parts(&descriptor.into(), size.get(), |part| packer.grow(&mut content, part))?;
        packer.place(content)?;
        names.push(name);
    }
    Ok(names.into_iter().zip(packer.finish()?).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::{blobs, problem_of};
    use crate::problem::Show;

    fn left(name: &str, bytes: &[u8]) -> Leaving {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, bytes).unwrap();
        Leaving { name: name.into(), descriptor: file.into(), size: Bytes(bytes.len() as u64) }
    }

    fn passes() -> Passes {
        let yaml = "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\n\
                    type: multi-pass\nlimits:\n  validation_passes: 3\n";
        let problem = problem_of(
            Show::Full,
            &[
                ("problem.yaml", yaml),
                ("data/secret/1.in", "x"),
                ("data/secret/1.ans", ""),
                ("output_validator/v.py", ""),
            ],
        );
        Passes::of(Some(&problem))
    }

    #[tokio::test]
    async fn what_is_left_is_there_in_the_next_pass_and_its_input_is_no_part_of_that() {
        let (blobs, _directory) = blobs();
        let mut passes = passes();
        let large = vec![b'7'; 3 * copy::BLOCK + 5];
        for _ in 0..2 {
            let files = vec![left("state", b"one"), left(NEXT, &large), left("empty", b"")];
            let mut found = Finding::of(Verdict::Accepted);
            assert!(passes.goes_on(&mut found, files, &blobs).await.unwrap(), "{found:?}");
            let names: Vec<_> = passes.kept().unwrap().keys().map(String::as_str).collect();
            assert_eq!(names, ["empty", "state"]);
            assert_eq!(passes.kept().unwrap()["state"], Content::from("one"));
            let mut read = Vec::new();
            let input = passes.input.clone().unwrap();
            io::Read::read_to_end(&mut blobs.reader(&input).unwrap(), &mut read).unwrap();
            assert!(read == large);
        }
        // Three passes are allowed.
        let mut found = Finding::of(Verdict::Accepted);
        assert!(!passes.goes_on(&mut found, vec![left(NEXT, b"x")], &blobs).await.unwrap());
        assert_eq!(found.verdict, Verdict::JudgeError);
        assert!(found.fault.unwrap().contains("3 passes"));
    }

    #[tokio::test]
    async fn a_validator_that_rejects_and_goes_on_or_leaves_too_much_is_the_problems_fault() {
        let (blobs, _directory) = blobs();
        let many = || (0..=MOST_FILES).map(|n| left(if n == 0 { NEXT } else { "x" }, b"x")).collect();
        let huge = Leaving { size: Bytes(MOST_BYTES + 1), ..left(NEXT, b"x") };
        for (verdict, files) in [
            (Verdict::WrongAnswer, vec![left(NEXT, b"x")]),
            (Verdict::Accepted, many()),
            (Verdict::Accepted, vec![huge]),
        ] {
            let mut found = Finding::of(verdict);
            assert!(!passes().goes_on(&mut found, files, &blobs).await.unwrap());
            assert_eq!(found.verdict, Verdict::JudgeError, "{verdict}");
        }
        let mut failed = Finding::of(Verdict::RuntimeError);
        assert!(!passes().goes_on(&mut failed, vec![left(NEXT, b"x")], &blobs).await.unwrap());
        assert_eq!(failed.verdict, Verdict::RuntimeError, "it is the program that has failed");
        for verdict in [Verdict::WrongAnswer, Verdict::Accepted, Verdict::JudgeError] {
            let mut found = Finding::of(verdict);
            assert!(!passes().goes_on(&mut found, vec![left("log", b"x")], &blobs).await.unwrap());
            assert_eq!(found.verdict, verdict);
        }
        let mut found = Finding::of(Verdict::Accepted);
        assert!(!Passes::of(None).goes_on(&mut found, vec![left(NEXT, b"x")], &blobs).await.unwrap());
    }
}
