//! Takes what comes of parts: sees that it is what was asked for, fetches it, and keeps it.

use std::sync::Arc;
use std::time::Duration;

use gavel_protocol::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::asking::Reply;
use super::order::Turn;
use super::{NODE_PATIENCE, Remote, not_served};
use crate::account::{Held, Purpose};
use crate::blocking;
use crate::cluster::expected::Length;
use crate::cluster::objects::{ObjectError, Place};
use crate::cluster::packing::{self, Unpacker};
use crate::cluster::speed::Terms;
use crate::cluster::wire::{Made, Outcome, Parcel, Report};
use crate::judge::{CaseJob, CompileJob, Compiled, Dialogue, Facts, JudgeError, Machine, Room};
use crate::sandbox::SandboxError;

/// Longest result that does not go along with its message: with all that a compiler has said.
const LONGEST_OUTCOME: u64 = 16 << 20;
/// What of the disk is counted in.
pub(super) const UNIT: u64 = 1 << 20;

/// Why an answer is none.
#[derive(Debug)]
pub(super) enum Untold {
    /// We could not take it.
    Ours(JudgeError),
    /// It could not be fetched, since the broker was away: it is asked for again.
    Nobodys,
    /// It was sent and is there no more, or never was: another node has it, and that is not for ever.
    Gone(String),
    /// It is not of what was asked: another node may do better.
    Theirs(String),
}

/// There is a program where there is none, or none where there is one.
#[derive(Debug, thiserror::Error)]
#[error("the node has compiled something else")]
struct NoProgram;

/// Of another kind of work.
#[derive(Debug, thiserror::Error)]
#[error("the node has done something else")]
pub(super) struct OtherWork;

impl Remote {
    /// A result, where it did not go along with its message.
    pub(super) async fn near(&self, node: &str, outcome: Outcome) -> Result<Outcome, Untold> {
        let Outcome::Far(parcel) = outcome else { return Ok(outcome) };
        let from = Place::Outputs(node.to_owned());
        let _one =
            self.0.far.acquire().await.map_err(|_closed| Untold::Ours(SandboxError::Stopping.into()))?;
        let bytes = self.0.objects.fetch(&from, parcel, LONGEST_OUTCOME).await;
        let bytes = bytes.map_err(|why| self.unfetched(node, why))?;
        match serde_json::from_slice(&bytes) {
            Ok(Outcome::Far(_)) => Err(self.untold(node, &OtherWork)),
            Ok(outcome) => Ok(outcome),
            Err(why) => Err(self.untold(node, &why)),
        }
    }

    /// Memory, and room on the disk, for what a report has of outputs and what looks at them.
    async fn room(
        &self,
        room: Room,
        (memory, disk): (u64, u64),
    ) -> Result<(Held, Option<OwnedSemaphorePermit>), JudgeError> {
        // Who has a run's memory in hand waits for no more.
        let Room::Own { beside, left } = room else {
            return Ok((self.0.account.open(Purpose::Judging), None));
        };
        let (memory, disk) = (memory.saturating_add(beside.get()), disk.saturating_add(left.get()));
        let units = u32::try_from(disk.div_ceil(UNIT)).unwrap_or(u32::MAX).min(self.0.all_space);
        let space = match units {
            0 => None,
            units => {
                let space = Arc::clone(&self.0.space).acquire_many_owned(units);
                let space =
                    tokio::time::timeout(NODE_PATIENCE, space).await.map_err(|_elapsed| not_served())?;
                Some(space.map_err(|_closed| SandboxError::Stopping)?)
            }
        };
        let room = self.0.account.take(Purpose::Judging, memory, NODE_PATIENCE).await;
        Ok((room.map_err(|_full| not_served())?, space))
    }

    /// What a node says that a program did, where that is of what was asked.
    pub(super) async fn ran(
        &self,
        job: &CaseJob<'_>,
        on: (&str, Terms),
        report: Report,
        turn: Option<&Turn<'_>>,
    ) -> Result<Facts, Untold> {
        self.check(job, on.0, &report)?;
        self.facts(job, on, report, turn).await
    }

    fn check(&self, job: &CaseJob<'_>, node: &str, report: &Report) -> Result<(), Untold> {
        packing::check(job, report).map_err(|unasked| self.untold(node, &unasked))
    }

    /// What a report says that was checked. Its test keeps its turn: where what it speaks of cannot be fetched it is done again, and has its
    /// memory before those behind it have theirs.
    async fn facts(
        &self,
        job: &CaseJob<'_>,
        (node, terms): (&str, Terms),
        report: Report,
        turn: Option<&Turn<'_>>,
    ) -> Result<Facts, Untold> {
        if let Some(turn) = turn {
            turn.come().await;
        }
        let (room, space) = self.room(job.room, packing::weight(&report)).await.map_err(Untold::Ours)?;
        let from = Place::Outputs(node.to_owned());
        let unpacker = Unpacker { objects: &self.0.objects, blobs: &self.0.blobs, from: &from };
        let mut facts = unpacker.facts(report, room, space).await.map_err(|why| self.unfetched(node, why))?;
        facts.machine = Some(Machine { node: node.into(), time_scale: terms.scale, first: None });
        self.0.nodes.note(node, true);
        self.note_time(job, node, facts.usage.wall_time);
        Ok(facts)
    }

    /// A test took so long on a node: that tells of the test, of others like it, and of the node.
    fn note_time(&self, job: &CaseJob<'_>, node: &str, took: Duration) {
        let Length { time, is_seen } = self.0.expected.of(&job.language.id, job.input);
        // A quarter of a CPU takes four times as long, which is not the test's doing.
        let length = took.mul_f64(self.0.nodes.quickness(node));
        let expected = match job.whose.submission.filter(|_| !is_seen) {
            Some(submission) => self.0.state().line.learn(submission, time, length),
            None => Some(time).filter(|_| is_seen),
        };
        if let Some(expected) = expected {
            self.0.nodes.note_pace(node, expected, took);
        }
        self.0.expected.note(&job.language.id, job.input, length);
    }

    /// What a node says that a program and its validator did.
    pub(super) async fn dialogue(
        &self,
        program: &CaseJob<'_>,
        validator: &CaseJob<'_>,
        Reply { node, outcome, terms }: Reply,
        turn: Option<&Turn<'_>>,
    ) -> Result<Dialogue, Untold> {
        let Outcome::Talked { program: facts, validator: others, first, transcript } = outcome else {
            return Err(self.untold(&node, &OtherWork));
        };
        self.check(program, &node, &facts)?;
        self.check(validator, &node, &others)?;
        let (memory, disk) = packing::weight(&others);
        // Both have one room.
        let program = CaseJob { room: with(program.room, memory, disk), ..*program };
        let validator = CaseJob { room: Room::Others, ..*validator };
        Ok(Dialogue {
            program: self.facts(&program, (&node, terms), *facts, turn).await?,
            validator: self.facts(&validator, (&node, terms), *others, None).await?,
            first,
            transcript: self.transcript(&node, transcript).await?,
        })
    }

    async fn transcript(&self, node: &str, parcel: Option<Parcel>) -> Result<Option<String>, Untold> {
        const LONGEST: u64 = 1 << 20;
        let Some(parcel) = parcel else { return Ok(None) };
        let from = Place::Outputs(node.to_owned());
        let bytes =
            self.0.objects.fetch(&from, parcel, LONGEST).await.map_err(|why| self.unfetched(node, why))?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Keeps what a node has compiled.
    pub(super) async fn keep(
        &self,
        job: &CompileJob<'_>,
        (node, terms): (&str, Terms),
        made: Made,
    ) -> Result<Compiled, Untold> {
        if let Err(unasked) = packing::check_made(job.limits, &made) {
            return Err(self.untold(node, &unasked));
        }
        let (program, mut compilation, image) = match made {
            Made::Rejected { mut compilation, reason } => {
                (compilation.node, compilation.time_scale) = (Some(node.into()), Some(terms.scale));
                return Ok(Compiled::Rejected { compilation, reason });
            }
            Made::Checked { compilation, image } => (None, compilation, image),
            Made::Program { program, compilation, image } => (Some(program), compilation, image),
        };
        (compilation.node, compilation.time_scale) = (Some(node.into()), Some(terms.scale));
        let wanted = job.language.artefact.is_some();
        if program.is_some() != wanted {
            return Err(self.untold(node, &NoProgram));
        }
        let key = image.and_then(|image| self.key(job, &image));
        let from = Place::Outputs(node.to_owned());
        let unpacker = Unpacker { objects: &self.0.objects, blobs: &self.0.blobs, from: &from };
        let (file, size) = match program {
            Some(program) => {
                let made = unpacker.made(program, self.0.largest.get()).await;
                made.map_err(|why| self.unfetched(node, why))?
            }
            None => {
                let nothing = std::fs::File::open("/dev/null");
                (nothing.map_err(|why| self.unfetched(node, why.into()))?.into(), 0)
            }
        };
        let artefacts = Arc::clone(&self.0.artefacts);
        let keep = move || artefacts.keep(key.as_ref(), file, Bytes(size), compilation);
        let kept = blocking::on_disk(keep).await.map_err(|why| self.unfetched(node, why.into()))?;
        self.0.nodes.note(node, true);
        Ok(if wanted { Compiled::Program(kept) } else { Compiled::Checked(kept.compilation) })
    }

    pub(super) fn untold(&self, node: &str, why: &dyn std::error::Error) -> Untold {
        if self.0.nodes.note_fault(node, &why.to_string()) {
            tracing::error!(node, "A node has sent what was not asked for: {why}");
        }
        Untold::Theirs(why.to_string())
    }

    fn unfetched(&self, node: &str, why: ObjectError) -> Untold {
        match why {
            ObjectError::Disk(source) => {
                let doing = "keep what a node has sent";
                Untold::Ours(JudgeError::Workspace { doing, source })
            }
            ObjectError::Broker(why) => {
                tracing::warn!("What a node has sent cannot be fetched: {}", crate::telemetry::chain(&why));
                Untold::Nobodys
            }
            // The broker lets the oldest go where there are more than it has room for, and all where a user's data are removed.
            ObjectError::Lacking(_) => {
                tracing::warn!(node, "What a node has sent has gone: {why}");
                Untold::Gone(why.to_string())
            }
            ObjectError::Other(_) | ObjectError::TooLarge { .. } => self.untold(node, &why),
        }
    }
}

/// So much more room, where a run has its own.
fn with(room: Room, memory: u64, disk: u64) -> Room {
    match room {
        Room::Own { beside, left } => {
            let more = |room: Bytes, more| Bytes(room.get().saturating_add(more));
            Room::Own { beside: more(beside, memory), left: more(left, disk) }
        }
        Room::Others => Room::Others,
    }
}
