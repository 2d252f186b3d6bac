//! A warden and monitors for tests: tasks and threads instead of containers.

use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gavel_protocol::{
    CgroupTier, Clean, Collected, CollectedFile, Descriptor, Ending, Envelope, Hello, MAX_FRAME, Order,
    Outcome, Reply, Report, Run, RunId, StdioSource, Step, Usage, VERSION, decode, encode, socket,
};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixListener;
use tokio::sync::{RwLock, RwLockWriteGuard};

use super::{Pool, maintenance};
use crate::config::Config;
use crate::language::Languages;
use crate::slots::{Answer, Host, ImageState, Profile, SlotPlan, Verb};
use crate::workspace::Workspace;

/// What a monitor does when it is told to run something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Writes argv to standard output, reports exit 0 and a proof.
    Honest,
    /// Reports when it is told to kill.
    Patient,
    /// As honest, but for 4.5 s it copies, and hears nothing.
    Copies,
    /// As honest, but is not clean afterwards.
    Dirty,
    /// Closes the connection.
    Dies,
    /// Says nothing any more, to a ping neither.
    Mute,
    /// Answers pings, and never reports.
    Endless,
    /// Never reports, and what it has started writes without end.
    Spouts,
    /// Skips a frame number.
    SkipsAFrame,
    /// Reports a run that nobody asked for.
    ReportsAnother,
    /// Sends more than a frame may hold.
    Oversize,
    /// Sends what is no message.
    Garbage,
    /// Reports to have been cancelled, by nobody.
    ClaimsACancel,
    /// Claims times whose sum overflows.
    ClaimsAges,
    /// Hands out a pipe as a file.
    HandsOutAPipe,
    /// Hands out a file larger than asked for.
    HandsOutTooMuch,
    /// Names a descriptor that did not come.
    HandsOutNothing,
    /// Sends a descriptor that belongs to nothing.
    LeaksADescriptor,
    /// Hands out nothing, again and again.
    Floods,
    /// Proves cleanliness twice.
    ProvesTwice,
    /// As honest, and says that it has no cgroups.
    HasNoCgroups,
}

/// What the test steers and sees.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) pool: Pool,
    manner: Arc<Mutex<Manner>>,
    /// Open containers: made, and not removed by a drain since.
    pub(super) containers: Arc<AtomicU32>,
    removed: Arc<Mutex<Vec<u32>>>,
    /// The warden refuses to create.
    broken: Arc<Mutex<Option<String>>>,
    /// Containers are not removed, and how often that was refused.
    keeps: Arc<AtomicBool>,
    refused: Arc<AtomicU32>,
    created: Arc<AtomicU32>,
    attempts: Arc<AtomicU32>,
    making: Arc<RwLock<()>>,
    _workspace: TempDir,
}

impl Stage {
    pub(super) fn new(run_slots: u32, adjust: impl FnOnce(&mut Config)) -> Self {
        Self::with_ping(maintenance::PING, run_slots, adjust)
    }

    /// One on which an idle monitor that says nothing is waited for so long.
    pub(super) fn with_ping(ping: Duration, run_slots: u32, adjust: impl FnOnce(&mut Config)) -> Self {
        let workspace = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.workspace.path = workspace.path().to_owned();
        config.sandbox.warden_socket = workspace.path().join("warden.sock");
        config.sandbox.run_slots = Some(run_slots);
        config.gojudge.enabled = false;
        adjust(&mut config);
        let file = workspace.path().join("languages.toml");
        std::fs::write(&file, "").unwrap();
        let host = Host { cores: 2, memory: gavel_protocol::Bytes::mib(8192) };
        let plan = SlotPlan::new(&config, &Languages::load(&file, "latest").unwrap(), host).unwrap();
        let layout = Workspace::new(workspace.path());
        for slot in plan.iter() {
            std::fs::create_dir_all(layout.slot(slot.number)).unwrap();
        }
        let manner = Arc::new(Mutex::new(Manner::Honest));
        let broken = Arc::new(Mutex::new(None));
        let (keeps, refused) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
        let (created, attempts, containers) = (Arc::default(), Arc::default(), Arc::default());
        let (removed, making): (Arc<Mutex<Vec<u32>>>, Arc<RwLock<()>>) = Default::default();
        let warden = Warden {
            layout,
            manner: Arc::clone(&manner),
            broken: Arc::clone(&broken),
            keeps: Arc::clone(&keeps),
            refused: Arc::clone(&refused),
            created: Arc::clone(&created),
            attempts: Arc::clone(&attempts),
            containers: Arc::clone(&containers),
            removed: Arc::clone(&removed),
            making: Arc::clone(&making),
        };

        tokio::spawn(warden.serve(config.sandbox.warden_socket.clone()));
        let pool = Pool::with_plan(&config, &plan, ping);
        Self {
            pool,
            manner,
            containers,
            removed,
            broken,
            keeps,
            refused,
            created,
            attempts,
            making,
            _workspace: workspace,
        }
    }

    /// From now on monitors behave like this.
    pub(super) fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// From now on the warden refuses, or does not.
    pub(super) fn break_warden(&self, why: Option<&str>) {
        *self.broken.lock().unwrap() = why.map(str::to_owned);
    }

    /// From now on the warden removes nothing, or does again.
    pub(super) fn keep_containers(&self, keeps: bool) {
        self.keeps.store(keeps, Ordering::SeqCst);
    }

    /// Removals that the warden has refused.
    pub(super) fn refused(&self) -> u32 {
        self.refused.load(Ordering::SeqCst)
    }

    /// As long as this is held, no container is made.
    pub(super) async fn hold(&self) -> RwLockWriteGuard<'_, ()> {
        self.making.write().await
    }

    /// Containers made so far.
    pub(super) fn created(&self) -> u32 {
        self.created.load(Ordering::SeqCst)
    }

    /// Slots whose containers were to be removed, in order.
    pub(super) fn removed(&self) -> Vec<u32> {
        self.removed.lock().unwrap().clone()
    }

    /// Containers asked for so far.
    pub(super) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::SeqCst)
    }

    /// Waits until something is so.
    pub(super) async fn until(&self, what: &str, so: impl Fn(&super::ProfileStatus) -> bool) {
        let started = std::time::Instant::now();
        while !so(&self.pool.status().profiles[0]) {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "waited for: {what}; {:#?}",
                self.pool.status()
            );
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

struct Warden {
    layout: Workspace,
    manner: Arc<Mutex<Manner>>,
    keeps: Arc<AtomicBool>,
    refused: Arc<AtomicU32>,
    broken: Arc<Mutex<Option<String>>>,
    created: Arc<AtomicU32>,
    attempts: Arc<AtomicU32>,
    containers: Arc<AtomicU32>,
    removed: Arc<Mutex<Vec<u32>>>,
    making: Arc<RwLock<()>>,
}

impl Warden {
    async fn serve(self, path: PathBuf) {
        let listener = UnixListener::bind(path).unwrap();
        let warden = Arc::new(self);
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(Arc::clone(&warden).converse(BufReader::new(stream)));
        }
    }

    async fn converse(self: Arc<Self>, mut stream: BufReader<tokio::net::UnixStream>) {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        let mut answer =
            serde_json::to_vec(&self.answer(serde_json::from_str(&line).unwrap()).await).unwrap();
        answer.push(b'\n');
        // The client may have stopped waiting.
        let _ = stream.write_all(&answer).await;
    }

    async fn answer(&self, verb: Verb) -> Answer {
        let slot = match verb {
            Verb::Create { slot, .. } => slot,
            Verb::Retire { slot } => {
                if self.keeps.load(Ordering::SeqCst) {
                    self.refused.fetch_add(1, Ordering::SeqCst);
                    return Answer::Failed("the engine keeps it".into());
                }
                self.removed.lock().unwrap().push(slot);
                return Answer::Done;
            }
            Verb::Images {} => return Answer::Images([Profile::Run, Profile::Command].map(image).into()),
            Verb::Drain {} | Verb::List {} => {
                self.containers.store(0, Ordering::SeqCst);
                return Answer::Done;
            }
        };
        self.attempts.fetch_add(1, Ordering::SeqCst);
        let refusal = self.broken.lock().unwrap().clone();
        if let Some(why) = refusal {
            return Answer::Failed(why);
        }
        let _may_be_made = self.making.read().await;
        // Something between nothing and what an engine takes.
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.created.fetch_add(1, Ordering::SeqCst);
        self.containers.fetch_add(1, Ordering::SeqCst);
        if let Some(monitor) = Monitor::connect(&self.layout.slot_socket(slot), Arc::clone(&self.manner)) {
            std::thread::spawn(move || monitor.serve());
        }
        Answer::Created { container: slot.to_string(), image: "sha256:12ab".into() }
    }
}

fn image(profile: Profile) -> ImageState {
    let profile = profile.to_string();
    ImageState { image: profile.clone(), profile, id: Some("sha256:12ab".into()) }
}

fn stdout_of(order: &Run, descriptors: Vec<OwnedFd>) -> File {
    let stdout = order.stdio.iter().find(|stdio| stdio.fd == 1).unwrap();
    let StdioSource::Descriptor(position) = stdout.source else { panic!("{stdout:?}") };
    File::from(descriptors.into_iter().nth(usize::from(position.0)).unwrap())
}

struct Monitor {
    socket: OwnedFd,
    manner: Arc<Mutex<Manner>>,
    sent: u64,
    buffer: Vec<u8>,
}

impl Monitor {
    fn connect(path: &Path, manner: Arc<Mutex<Manner>>) -> Option<Self> {
        let flags = SocketFlags::CLOEXEC;
        let socket =
            rustix::net::socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None).unwrap();
        // Nobody listens any more where the client has given up.
        rustix::net::connect(&socket, &SocketAddrUnix::new(path).unwrap()).ok()?;
        Some(Self { socket, manner, sent: 0, buffer: vec![0; MAX_FRAME] })
    }

    /// `None` ends it.
    fn serve(mut self) -> Option<()> {
        let cgroup = match *self.manner.lock().unwrap() {
            Manner::HasNoCgroups => CgroupTier::None,
            _ => CgroupTier::V2,
        };
        let hello =
            Hello { build: "test".into(), cgroup, landlock_abi: 0, is_init: true, problems: Vec::new() };
        self.say(RunId::NONE, Reply::Hello(hello), &[])?;
        loop {
            let (run, order, descriptors) = self.hear()?;
            match order {
                Order::Run(order) => self.run(run, &order, descriptors)?,
                Order::Ping if *self.manner.lock().unwrap() == Manner::Mute => {}
                Order::Ping => self.say(run, Reply::Pong, &[])?,
                Order::Welcome(_) | Order::Files(_) | Order::Kill => {}
            }
        }
    }

    fn run(&mut self, run: RunId, order: &Run, descriptors: Vec<OwnedFd>) -> Option<()> {
        let manner = *self.manner.lock().unwrap();
        let mut report = Report {
            outcome: Outcome::Finished { ending: Ending::Exited { code: 0 }, usage: Usage::default() },
            collected: Vec::new(),
            detail: String::new(),
            unput: None,
        };
        let collected = |descriptor, size| Collected {
            path: order.collect[0].path.clone(),
            file: CollectedFile::File {
                descriptor: Descriptor(descriptor),
                size: gavel_protocol::Bytes(size),
            },
        };
        if order.executable.is_some_and(|wanted| usize::from(wanted.0) >= descriptors.len()) {
            report.outcome = Outcome::NotStarted { step: Step::Request, errno: 9 };
            self.say(run, Reply::Report(Box::new(report)), &[])?;
            return self.say(run, Reply::Clean(Clean::Proven), &[]);
        }
        let (pipe, _other_end) = std::io::pipe().unwrap();
        let mut large = tempfile::tempfile().unwrap();
        large.write_all(&[0; 5000]).unwrap();
        let mut out = Vec::new();
        if manner == Manner::Copies {
            std::thread::sleep(Duration::from_millis(4500));
        }
        match manner {
            Manner::Honest | Manner::Copies | Manner::Dirty | Manner::ProvesTwice | Manner::HasNoCgroups => {
                stdout_of(order, descriptors).write_all(&order.argv.join(&b' ')).unwrap();
            }
            Manner::Patient => {
                while self.hear()?.1 != Order::Kill {}
                report.outcome = Outcome::Finished { ending: Ending::Cancelled, usage: Usage::default() };
            }
            Manner::Spouts => {
                let stdout = stdout_of(order, descriptors);
                // So many that there is always something to be read, until nobody reads any more.
                std::thread::scope(|scope| {
                    for _ in 0..4 {
                        scope.spawn(|| while (&stdout).write_all(&[b'x'; 1 << 16]).is_ok() {});
                    }
                });
                return None;
            }
            Manner::Dies => return None,
            Manner::Mute => loop {
                self.hear()?;
            },
            Manner::Endless => loop {
                let (about, ping, _) = self.hear()?;
                assert_eq!(ping, Order::Ping);
                self.say(about, Reply::Pong, &[])?;
            },
            Manner::Floods => loop {
                self.say(run, Reply::Collected(Vec::new()), &[])?;
            },
            Manner::SkipsAFrame => self.sent += 1,
            Manner::ReportsAnother => {}
            Manner::Oversize => socket::send(&self.socket, &vec![0; MAX_FRAME + 1], &[]).ok()?,
            Manner::Garbage => socket::send(&self.socket, &[255; 40], &[]).ok()?,
            Manner::ClaimsACancel => {
                report.outcome = Outcome::Finished { ending: Ending::Cancelled, usage: Usage::default() };
            }
            Manner::ClaimsAges => {
                let usage = Usage { cpu_user: Duration::MAX, cpu_system: Duration::MAX, ..Usage::default() };
                report.outcome = Outcome::Finished { ending: Ending::Exited { code: 0 }, usage };
            }
            Manner::HandsOutAPipe => {
                report.collected.push(collected(0, 10));
                out.push(pipe.as_fd());
            }
            Manner::HandsOutTooMuch => {
                report.collected.push(collected(0, 10));
                out.push(large.as_fd());
            }
            Manner::HandsOutNothing => report.collected.push(collected(3, 10)),
            Manner::LeaksADescriptor => out.push(pipe.as_fd()),
        }
        let about = if manner == Manner::ReportsAnother { RunId(run.0 + 1) } else { run };
        self.say(about, Reply::Report(Box::new(report)), &out)?;
        let proof = match manner {
            Manner::Dirty => Clean::Doubtful("a process survived".into()),
            _ => Clean::Proven,
        };
        if manner == Manner::ProvesTwice {
            self.say(run, Reply::Clean(proof.clone()), &[])?;
        }
        self.say(run, Reply::Clean(proof), &[])
    }

    fn say(&mut self, run: RunId, message: Reply, descriptors: &[std::os::fd::BorrowedFd<'_>]) -> Option<()> {
        let frame = encode(&Envelope { version: VERSION, run, sequence: self.sent, message }).unwrap();
        self.sent += 1;
        socket::send(&self.socket, &frame, descriptors).ok()
    }

    fn hear(&mut self) -> Option<(RunId, Order, Vec<OwnedFd>)> {
        let packet =
            socket::receive(&self.socket, &mut self.buffer).ok().filter(|packet| packet.length > 0)?;
        let envelope = decode::<Order>(&self.buffer[..packet.length]).unwrap();
        Some((envelope.run, envelope.message, packet.descriptors))
    }
}
