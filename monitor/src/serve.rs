//! `monitor serve`: one conversation with the server, from Hello to the end of the connection.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::rc::Rc;

use gavel_protocol::{
    BoxFile, Bytes, Collect, Collected, CollectedFile, Descriptor, Hello, MAX_LEAVINGS, Order, Outcome,
    Reply, Report, Run, RunId, Setup,
};

use crate::arguments::Serve;
use crate::boxes::Boxes;
use crate::channel::{Channel, ChannelError, Received};
use crate::devices;
use crate::equipment::Equipment;
use crate::identity::is_shield;
use crate::request::Refusal;
use crate::run::Runner;
use crate::selfcheck;
use crate::spawn::landlock_abi;
use crate::supervise::Interrupts;
use crate::warming::Warming;

/// Serves until the server is gone.
///
/// # Errors
/// When the conversation cannot start or go on.
pub(crate) fn serve(asked: &Serve, boxes: Boxes) -> Result<(), ChannelError> {
    let mut channel = Channel::connect(&asked.socket)?;
    let (equipment, mut problems) = Equipment::new(boxes, &asked.cgroups, &[])?;
    problems.extend(selfcheck::problems());
    problems.extend(devices::close());
    channel.send(RunId::NONE, Reply::Hello(hello(&equipment, problems)), &[])?;
    let Some(setup) = welcome(&mut channel)? else { return Ok(()) };
    let runner = Runner::new(setup.uid, setup.gid, equipment, asked.manner)?;
    Server { channel, runner, refused: None, warming: Warming::of(&asked.warm) }.listen()
}

fn hello(equipment: &Equipment, problems: Vec<String>) -> Hello {
    Hello {
        build: env!("CARGO_PKG_VERSION").into(),
        cgroup: equipment.leaves.tier(),
        landlock_abi: landlock_abi(),
        is_init: is_init(),
        problems,
    }
}

fn is_init() -> bool {
    std::process::id() == 1
}

fn welcome(channel: &mut Channel) -> Result<Option<Setup>, ChannelError> {
    match channel.receive()? {
        None => Ok(None),
        Some(Received { order: Order::Welcome(Setup { uid, gid }), .. }) if uid == 0 || gid == 0 => {
            Err(ChannelError::Root { uid, gid })
        }
        Some(Received { order: Order::Welcome(Setup { uid, .. }), .. }) if is_shield(uid) => {
            Err(ChannelError::Shield(uid))
        }
        Some(Received { order: Order::Welcome(setup), .. }) => Ok(Some(setup)),
        Some(received) => Err(out_of_turn(&received.order)),
    }
}

struct Server {
    channel: Channel,
    runner: Runner,
    /// The run whose files could not be put into the box, and why.
    refused: Option<(RunId, Refusal)>,
    warming: Warming,
}

impl Server {
    fn listen(mut self) -> Result<(), ChannelError> {
        while let Some(Received { run, order, descriptors }) = self.next()? {
            match order {
                Order::Files(files) => self.put(run, &files, &descriptors),
                Order::Run(order) => self.run(run, &order, descriptors)?,
                Order::Ping => self.channel.send(run, Reply::Pong, &[])?,
                // The run has ended on its own meanwhile.
                Order::Kill => {}
                Order::Welcome(_) => return Err(out_of_turn(&order)),
            }
        }
        // Nobody is left to be told.
        let _ = self.runner.dismiss();
        Ok(())
    }

    /// The next order; while there is none, the time is of use.
    fn next(&mut self) -> Result<Option<Received>, ChannelError> {
        while !self.channel.is_readable()? && self.warming.step() {}
        self.channel.receive()
    }

    fn put(&mut self, run: RunId, files: &[BoxFile], descriptors: &[OwnedFd]) {
        if let Err(refusal) = self.runner.put(files, descriptors)
            && self.refused.is_none_or(|(refused, _)| refused != run)
        {
            self.refused = Some((run, refusal));
        }
    }

    fn run(&mut self, run: RunId, order: &Run, descriptors: Vec<OwnedFd>) -> Result<(), ChannelError> {
        let refused = self.refused.take().filter(|(refused, _)| *refused == run);
        let outcome = match refused {
            Some((_, (step, errno))) => {
                // Nobody has a use for them, and the proof would count them as left over.
                drop(descriptors);
                Outcome::NotStarted { step, errno }
            }
            None => {
                let mut interrupts = Conversation { channel: &mut self.channel, run };
                self.runner.run(order, descriptors, &mut interrupts)?
            }
        };
        self.report(run, order, outcome)?;
        let clean = self.runner.clean();
        self.channel.send(run, Reply::Clean(clean), &[])?;
        self.runner.prepare();
        Ok(())
    }

    fn hand_out_leavings(&mut self, run: RunId) -> Result<(), ChannelError> {
        for names in self.runner.file_names(MAX_LEAVINGS + 1).chunks(FRAME_DESCRIPTORS) {
            let (mut found, mut descriptors) = (Vec::new(), Vec::new());
            for name in names {
                let max = Bytes(u64::MAX);
                let wanted = Collect { path: name.clone(), anywhere: false, max, truncate: false };
                if let (CollectedFile::File { size, .. }, Some(file)) = self.runner.collect(&wanted) {
                    let descriptor = Descriptor(u16::try_from(descriptors.len()).unwrap_or(u16::MAX));
                    let file_found = CollectedFile::File { descriptor, size };
                    found.push(Collected { path: wanted.path, file: file_found });
                    descriptors.push(file);
                }
            }
            if !found.is_empty() {
                self.channel.send(run, Reply::Leavings(found), &borrowed(&descriptors))?;
            }
        }
        Ok(())
    }

    fn report(&mut self, run: RunId, order: &Run, outcome: Outcome) -> Result<(), ChannelError> {
        if order.leavings && matches!(outcome, Outcome::Finished { .. }) {
            self.hand_out_leavings(run)?;
        }
        let detail = detail(&outcome);
        let (mut collected, mut descriptors) = (Vec::new(), Vec::new());
        let mut length = 0;
        for wanted in &order.collect {
            if length > FRAME_PATHS || descriptors.len() == FRAME_DESCRIPTORS {
                let frame = Reply::Collected(std::mem::take(&mut collected));
                self.channel.send(run, frame, &borrowed(&descriptors))?;
                (length, descriptors) = (0, Vec::new());
            }
            let (mut file, descriptor) = self.runner.collect(wanted);
            if let CollectedFile::File { descriptor: position, .. } = &mut file {
                *position = Descriptor(u16::try_from(descriptors.len()).unwrap_or(u16::MAX));
            }
            descriptors.extend(descriptor);
            length += wanted.path.len() + PER_ENTRY;
            collected.push(Collected { path: wanted.path.clone(), file });
        }
        let report = Report { outcome, collected, unput: self.runner.unput(), detail };
        self.channel.send(run, Reply::Report(Box::new(report)), &borrowed(&descriptors))
    }
}

/// Bytes of collected paths after which another frame is begun.
const FRAME_PATHS: usize = 64 * 1024;
const FRAME_DESCRIPTORS: usize = 200;
/// An entry's encoding beside its path, rounded up.
const PER_ENTRY: usize = 32;

fn borrowed(descriptors: &[Rc<OwnedFd>]) -> Vec<BorrowedFd<'_>> {
    descriptors.iter().map(|descriptor| descriptor.as_fd()).collect()
}

fn detail(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Finished { .. } => String::new(),
        Outcome::NotStarted { step, errno } => {
            format!("{step}: {}", std::io::Error::from_raw_os_error(*errno))
        }
    }
}

fn out_of_turn(order: &Order) -> ChannelError {
    ChannelError::OutOfTurn(match order {
        Order::Welcome(_) => "Welcome",
        Order::Files(_) => "Files",
        Order::Run(_) => "Run",
        Order::Kill => "Kill",
        Order::Ping => "Ping",
    })
}

/// The server's words during a run.
struct Conversation<'a> {
    channel: &'a mut Channel,
    run: RunId,
}

impl Interrupts for Conversation<'_> {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.channel.as_fd())
    }

    fn heard(&mut self) -> Result<bool, ChannelError> {
        match self.channel.receive()? {
            None => Err(ChannelError::Gone),
            Some(Received { run, order: Order::Kill, .. }) => Ok(run == self.run),
            Some(Received { run, order: Order::Ping, .. }) => {
                self.channel.send(run, Reply::Pong, &[])?;
                Ok(false)
            }
            Some(received) => Err(out_of_turn(&received.order)),
        }
    }
}
