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

/// What is set aside for what a test wrote, until its facts have it. It is had once, in the test's turn: where what was written cannot be
/// fetched the test is done again, and those behind it have theirs meanwhile.
#[derive(Debug)]
pub(super) struct Aside<'a> {
    turn: Option<Turn<'a>>,
    memory: Held,
    disk: Option<OwnedSemaphorePermit>,
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

    /// Nothing is set aside yet for a test, which begins to be judged.
    pub(super) fn aside(&self, job: &CaseJob<'_>) -> Aside<'_> {
        // Who has a run's memory in hand waits for no more.
        let submission = job.whose.submission.filter(|_| matches!(job.room, Room::Own { .. }));
        let turn = self.0.orders.enter(submission, job.index);
        Aside { turn, memory: self.0.account.open(Purpose::Judging), disk: None }
    }

    /// Sets memory aside, and room on the disk, for what a report has of outputs and what looks at them: in the turn of its test, or no
    /// more than it has from an earlier try, where that is enough.
    async fn set_aside(
        &self,
        aside: &mut Aside<'_>,
        room: Room,
        (memory, disk): (u64, u64),
    ) -> Result<(), JudgeError> {
        let Room::Own { beside, left } = room else { return Ok(()) };
        if let Some(turn) = &aside.turn {
            turn.come().await;
        }
        let (memory, disk) = (memory.saturating_add(beside.get()), disk.saturating_add(left.get()));
        let units = u32::try_from(disk.div_ceil(UNIT)).unwrap_or(u32::MAX).min(self.0.all_space);
        self.set_space_aside(&mut aside.disk, units).await?;
        let more = memory.saturating_sub(aside.memory.bytes());
        aside.memory.grow(more, NODE_PATIENCE).await.map_err(|_full| not_served())?;
        aside.turn = None;
        Ok(())
    }

    async fn set_space_aside(
        &self,
        had: &mut Option<OwnedSemaphorePermit>,
        units: u32,
    ) -> Result<(), JudgeError> {
        let held = had.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let lacking = units.saturating_sub(u32::try_from(held).unwrap_or(u32::MAX));
        if lacking == 0 {
            return Ok(());
        }
        let space = Arc::clone(&self.0.space).acquire_many_owned(lacking);
        let space = tokio::time::timeout(NODE_PATIENCE, space).await.map_err(|_elapsed| not_served())?;
        let space = space.map_err(|_closed| SandboxError::Stopping)?;
        match had {
            Some(had) => had.merge(space),
            None => *had = Some(space),
        }
        Ok(())
    }

    /// Facts, with what was set aside for them.
    fn with_room(&self, facts: Facts, aside: &mut Aside<'_>) -> Facts {
        let nothing = self.0.account.open(Purpose::Judging);
        Facts { room: std::mem::replace(&mut aside.memory, nothing), space: aside.disk.take(), ..facts }
    }

    /// What a node says that a program did, where that is of what was asked.
    pub(super) async fn ran(
        &self,
        job: &CaseJob<'_>,
        on: (&str, Terms),
        report: Report,
        aside: &mut Aside<'_>,
    ) -> Result<Facts, Untold> {
        self.check(job, on.0, &report)?;
        self.set_aside(aside, job.room, packing::weight(&report)).await.map_err(Untold::Ours)?;
        let facts = self.facts(job, on, report).await?;
        Ok(self.with_room(facts, aside))
    }

    fn check(&self, job: &CaseJob<'_>, node: &str, report: &Report) -> Result<(), Untold> {
        packing::check(job, report).map_err(|unasked| self.untold(node, &unasked))
    }

    /// What a report says that was checked, and for whose outputs room was set aside.
    async fn facts(
        &self,
        job: &CaseJob<'_>,
        (node, terms): (&str, Terms),
        report: Report,
    ) -> Result<Facts, Untold> {
        let from = Place::Outputs(node.to_owned());
        let unpacker = Unpacker { objects: &self.0.objects, blobs: &self.0.blobs, from: &from };
        let room = self.0.account.open(Purpose::Judging);
        let mut facts = unpacker.facts(report, room, None).await.map_err(|why| self.unfetched(node, why))?;
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
        aside: &mut Aside<'_>,
    ) -> Result<Dialogue, Untold> {
        let Outcome::Talked { program: facts, validator: others, first, transcript } = outcome else {
            return Err(self.untold(&node, &OtherWork));
        };
        self.check(program, &node, &facts)?;
        self.check(validator, &node, &others)?;
        // Both have one room.
        let [own, other] = [&facts, &others].map(|report| packing::weight(report));
        let both = (own.0.saturating_add(other.0), own.1.saturating_add(other.1));
        self.set_aside(aside, program.room, both).await.map_err(Untold::Ours)?;
        let facts = self.facts(program, (&node, terms), *facts).await?;
        Ok(Dialogue {
            validator: self.facts(validator, (&node, terms), *others).await?,
            transcript: self.transcript(&node, transcript).await?,
            program: self.with_room(facts, aside),
            first,
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
