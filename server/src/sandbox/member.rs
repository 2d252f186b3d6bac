//! One sandbox of the pool: a container and its monitor, from handshake to retirement.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gavel_protocol::{CgroupTier, Clean, Order, Reply, RunId, Step};
use serde::{Serialize, Serializer};
use tokio_util::sync::CancellationToken;

use super::channel::Channel;
use super::connection::{Connection, Received, breach};
use super::patience::patiently;
use super::run::{Failure, Sent};
use super::{Program, Ran, RunEnding, SandboxError, order, run};
use crate::submission::Isolation;

/// Wiping a box takes milliseconds; so long it may take on a host that is overloaded.
const CLEAN: Duration = Duration::from_secs(10);

/// Why a sandbox was retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RetireReason {
    /// It has done its number of runs.
    MaxRuns,
    /// It has reached its age.
    MaxAge,
    /// Somebody or the schedule wanted all sandboxes new.
    Recycled,
    /// It had served somebody whom the next user must not follow.
    Isolation,
    /// Another image needed the room.
    Room,
    /// Nobody had used it for long.
    Unused,
    /// It could not prove that it is clean.
    Dirty,
    /// It did not answer in time.
    Silent,
    /// Its monitor broke the protocol.
    Protocol,
    /// Its container went away.
    Gone,
    /// A run was given up in the middle.
    Abandoned,
    /// The server stops.
    Stopping,
}

impl RetireReason {
    /// Its name, as in labels and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MaxRuns => "max_runs",
            Self::MaxAge => "max_age",
            Self::Recycled => "recycled",
            Self::Isolation => "isolation",
            Self::Room => "room",
            Self::Unused => "unused",
            Self::Dirty => "dirty",
            Self::Silent => "silent",
            Self::Protocol => "protocol",
            Self::Gone => "gone",
            Self::Abandoned => "abandoned",
            Self::Stopping => "stopping",
        }
    }
}

impl Serialize for RetireReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Whom a sandbox has served.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum History {
    #[default]
    Nobody,
    Only(String),
    /// More than one user, or somebody without a name.
    Anybody,
}

impl History {
    /// A submission of this isolation and user may follow.
    pub(super) fn allows(&self, isolation: Isolation, user: Option<&str>) -> bool {
        match (isolation, self) {
            (Isolation::Pooled, _) | (_, Self::Nobody) => true,
            (Isolation::PerUser, Self::Only(served)) => user == Some(served),
            (Isolation::PerUser, Self::Anybody) | (Isolation::Fresh, _) => false,
        }
    }

    /// Notes who is served now.
    pub(super) fn note(&mut self, user: Option<&str>) {
        *self = match (std::mem::take(self), user) {
            (Self::Nobody, Some(user)) => Self::Only(user.to_owned()),
            (Self::Only(served), Some(user)) if served == user => Self::Only(served),
            _ => Self::Anybody,
        };
    }
}

/// Where a sandbox is in its conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Proven clean.
    Clean,
    /// A run is under way.
    Running,
    /// The run is over; its proof is still to come, or an answer to its last ping.
    Settling { id: RunId, proven: bool },
    /// Of no more use.
    Broken(RetireReason),
}

/// A container with a monitor that has said Hello.
#[derive(Debug)]
pub(super) struct Sandbox {
    pub(super) name: String,
    pub(super) tier: CgroupTier,
    /// Id of its container's image.
    pub(super) image: Arc<str>,
    pub(super) history: History,
    pub(super) runs: u32,
    pub(super) last_heard: Instant,
    pub(super) channel: Channel,
    state: State,
    last_run: u64,
}

/// What a new sandbox is made of.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) name: String,
    pub(super) tier: CgroupTier,
    pub(super) image: Arc<str>,
    pub(super) connection: Connection,
}

impl Sandbox {
    /// A sandbox that nobody has used.
    pub(super) fn new(made: Made) -> Self {
        Self {
            name: made.name,
            tier: made.tier,
            image: made.image,
            history: History::Nobody,
            runs: 0,
            last_heard: Instant::now(),
            channel: Channel::new(made.connection),
            state: State::Clean,
            last_run: 0,
        }
    }

    /// Runs a program; after an error of the sandbox's it is broken. What cannot be said to the monitor is not begun.
    pub(super) async fn run(
        &mut self,
        program: Program,
        cancel: &CancellationToken,
    ) -> Result<Ran, SandboxError> {
        if let Some(ending) = order::unspeakable(&program) {
            return Ok(Ran::not_begun(ending));
        }
        let outgoing = order::outgoing(program).await?;
        self.send(outgoing, cancel).await
    }

    /// Runs what frames were made of. After an error of our own the sandbox is as good as before.
    pub(super) async fn send(
        &mut self,
        outgoing: order::Outgoing,
        cancel: &CancellationToken,
    ) -> Result<Ran, SandboxError> {
        let order::Outgoing { messages, expect, stdout, stderr } = outgoing;
        self.settle().await?;
        let id = RunId(self.last_run + 1);
        let frames = match self.channel.encode(id, messages) {
            Ok(frames) => frames,
            Err(error) => {
                tracing::warn!(sandbox = self.name, %error, "a run cannot be put into frames");
                return Ok(Ran::not_begun(RunEnding::NotStarted {
                    step: Step::Request,
                    errno: order::E2BIG,
                }));
            }
        };
        self.last_run = id.0;
        self.runs += 1;
        self.state = State::Running;
        let sent = Sent { id, frames, expect, stdout, stderr };
        let result = run::run(&self.name, &mut self.channel, sent, cancel).await;
        self.state = match &result {
            Ok(_) | Err(Failure::Ended(_)) => State::Settling { id, proven: false },
            Err(Failure::NotSent(_)) => State::Clean,
            Err(Failure::Broken(error)) => State::Broken(reason_of(error)),
        };
        self.last_heard = Instant::now();
        result.map_err(Failure::into_error)
    }

    /// The proof of the last run has come; nothing to wait for.
    pub(super) fn settled(&mut self) -> bool {
        while let State::Settling { id, proven } = self.state {
            match self.channel.connection.try_receive() {
                Ok(None) => return false,
                Ok(Some(received)) => self.judge_proof(id, proven, received),
                Err(error) => self.state = State::Broken(reason_of(&error)),
            }
        }
        true
    }

    /// Waits for the proof of the last run, where it is still to come.
    pub(super) async fn settle(&mut self) -> Result<(), SandboxError> {
        while let State::Settling { id, proven } = self.state {
            match patiently(CLEAN, self.channel.connection.receive()).await {
                Ok(Ok(received)) => self.judge_proof(id, proven, received),
                Ok(Err(error)) => {
                    self.state = State::Broken(reason_of(&error));
                    return Err(error);
                }
                Err(_) => self.state = State::Broken(RetireReason::Silent),
            }
        }
        match self.state {
            State::Clean => Ok(()),
            State::Broken(RetireReason::Dirty) => {
                Err(SandboxError::Died("it is not clean after a run".into()))
            }
            State::Broken(RetireReason::Silent) => Err(SandboxError::Overdue(CLEAN)),
            State::Broken(RetireReason::Protocol) => Err(breach("a frame came out of turn after a run")),
            State::Broken(_) | State::Running | State::Settling { .. } => {
                Err(SandboxError::Died("an earlier run in it failed".into()))
            }
        }
    }

    fn judge_proof(&mut self, id: RunId, proven: bool, received: Received) {
        self.last_heard = Instant::now();
        let Received { run, reply, descriptors } = received;
        self.state = match reply {
            _ if run != id || !descriptors.is_empty() => State::Broken(RetireReason::Protocol),
            Reply::Clean(Clean::Proven) if !proven && self.channel.pongs_due == 0 => State::Clean,
            Reply::Clean(Clean::Proven) if !proven => State::Settling { id, proven: true },
            Reply::Clean(Clean::Doubtful(what)) if !proven => {
                let what = what.escape_debug();
                tracing::warn!(sandbox = self.name, %what, "a sandbox is not clean after a run");
                State::Broken(RetireReason::Dirty)
            }
            Reply::Pong if self.channel.pongs_due > 0 => {
                self.channel.pongs_due -= 1;
                if proven && self.channel.pongs_due == 0 {
                    State::Clean
                } else {
                    State::Settling { id, proven }
                }
            }
            _ => State::Broken(RetireReason::Protocol),
        };
    }

    /// Asks an idle monitor whether it is there.
    pub(super) async fn ping(&mut self, limit: Duration) -> Result<(), RetireReason> {
        let answer = async {
            self.channel.connection.order(RunId::NONE, Order::Ping).await?;
            self.channel.connection.receive().await
        };
        match patiently(limit, answer).await {
            Ok(Ok(Received { run: RunId::NONE, reply: Reply::Pong, descriptors }))
                if descriptors.is_empty() =>
            {
                self.last_heard = Instant::now();
                Ok(())
            }
            Ok(Ok(_)) => Err(RetireReason::Protocol),
            Ok(Err(error)) => Err(reason_of(&error)),
            Err(_) => Err(RetireReason::Silent),
        }
    }

    /// An idle sandbox that has something to say is gone, or speaks out of turn.
    pub(super) fn idle_fault(&mut self) -> Option<RetireReason> {
        match self.channel.connection.try_receive() {
            Ok(None) => None,
            Ok(Some(_)) => Some(RetireReason::Protocol),
            Err(error) => Some(reason_of(&error)),
        }
    }

    /// Why it cannot serve again, as far as it knows by itself.
    pub(super) fn fault(&self) -> Option<RetireReason> {
        match self.state {
            State::Clean | State::Settling { .. } => None,
            State::Running => Some(RetireReason::Abandoned),
            State::Broken(reason) => Some(reason),
        }
    }
}

fn reason_of(error: &SandboxError) -> RetireReason {
    match error {
        SandboxError::Protocol(_) => RetireReason::Protocol,
        SandboxError::Overdue(_) => RetireReason::Silent,
        SandboxError::Died(_) => RetireReason::Gone,
        SandboxError::Busy { .. }
        | SandboxError::Io { .. }
        | SandboxError::Unfit { .. }
        | SandboxError::TooMany { .. }
        | SandboxError::TooMuchMemory { .. }
        | SandboxError::Stopping => RetireReason::Abandoned,
    }
}
