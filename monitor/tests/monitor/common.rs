//! Runs the real monitor against a socket of the test, without Docker. Needs root, as the monitor does.

use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio as ProcessStdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use gavel_protocol::{
    Bytes, Clean, Collected, Descriptor, Envelope, Hello, Limits, MAX_FRAME, Order, Outcome, Reply, Report,
    Run, RunId, Setup, Stdio, StdioSource, VERSION, decode, encode, socket,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

/// No wait of a test is longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Of the box of a monitor that was started apart, in bytes.
pub(crate) const BOX_SIZE: u64 = 64 << 20;

/// The server's side of one monitor.
pub(crate) struct Server {
    /// The directory that holds the box.
    pub(crate) directory: tempfile::TempDir,
    /// What the monitor said of itself.
    pub(crate) hello: Hello,
    /// Who programs are.
    pub(crate) uid: u32,
    child: std::process::Child,
    socket: OwnedFd,
    sent: u64,
    received: u64,
    runs: u64,
    cgroups: Option<Cgroups>,
}

/// What came of a run.
pub(crate) struct Ran {
    /// The report, with all collected files.
    pub(crate) report: Report,
    /// Descriptors of the collected files, in order.
    pub(crate) descriptors: Vec<OwnedFd>,
    /// The proof.
    pub(crate) clean: Clean,
}

impl Server {
    /// Starts a monitor without cgroups.
    pub(crate) fn start() -> Self {
        Self::start_in(None)
    }

    /// Starts a monitor in cgroups of the host, as a container would have them.
    pub(crate) fn start_with_cgroups() -> Self {
        Self::start_in(Some(Cgroups::make()))
    }

    /// Starts a monitor as in a container: cgroups, a network namespace and a box in memory of its own.
    pub(crate) fn start_apart() -> Self {
        let script = format!(
            "mount -t tmpfs -o size={BOX_SIZE},nr_inodes=1000,mode=777 box $0/w && exec unshare --net \"$@\""
        );
        let apart = ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", &script];
        Self::start_by(&apart, Some(Cgroups::make()))
    }

    /// Starts a monitor whose image has these files.
    pub(crate) fn start_with_image(files: &[(&Path, &[u8])]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = directory.path().join("image").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, content).unwrap();
            forget(&std::fs::File::open(&path).unwrap());
        }
        Self::start_at(directory, &[], None)
    }

    fn start_in(cgroups: Option<Cgroups>) -> Self {
        Self::start_by(&[], cgroups)
    }

    /// `by` is a command that runs another: its arguments are the directory that holds the box, and that command.
    fn start_by(by: &[&str], cgroups: Option<Cgroups>) -> Self {
        Self::start_at(tempfile::tempdir().unwrap(), by, cgroups)
    }

    fn start_at(directory: tempfile::TempDir, by: &[&str], cgroups: Option<Cgroups>) -> Self {
        open_up(directory.path(), 0o755);
        for name in ["w", "tmp"] {
            std::fs::create_dir(directory.path().join(name)).unwrap();
            open_up(&directory.path().join(name), 0o777);
        }
        let socket = directory.path().join("socket");
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "for leaf in $JOIN; do echo $$ > $leaf/cgroup.procs; done; exec \"$@\"", "sh"]);
        command.env("JOIN", cgroups.as_ref().map_or(String::new(), Cgroups::joined));
        if !by.is_empty() {
            command.args(by).arg(directory.path());
        }
        command.args([env!("CARGO_BIN_EXE_monitor"), "serve", "--socket"]).arg(&socket);
        command.arg("--cgroups").arg(cgroups.as_ref().map_or(directory.path(), Cgroups::root));
        command.arg("--box").arg(directory.path().join("w")).arg("--box").arg(directory.path().join("tmp"));
        command.arg("--warm").arg(directory.path().join("image"));
        Self::launch(directory, &socket, &mut command, cgroups)
    }

    /// Runs a command that ends in a monitor connecting to `path`.
    pub(crate) fn launch(
        directory: tempfile::TempDir,
        path: &Path,
        command: &mut Command,
        cgroups: Option<Cgroups>,
    ) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let uid = 20_000 + std::process::id() % 400 * 100 + NEXT.fetch_add(1, Ordering::Relaxed);
        let listener =
            rustix::net::socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
                .unwrap();
        rustix::net::bind(&listener, &SocketAddrUnix::new(path).unwrap()).unwrap();
        rustix::net::listen(&listener, 1).unwrap();
        let child = command.stdin(ProcessStdio::null()).spawn().unwrap();
        wait_readable(&listener);
        let socket = rustix::net::accept_with(&listener, SocketFlags::CLOEXEC).unwrap();
        let hello = Hello {
            build: String::new(),
            cgroup: gavel_protocol::CgroupTier::None,
            landlock_abi: 0,
            is_init: false,
            problems: vec![],
        };
        let mut server =
            Self { directory, hello, uid, child, socket, sent: 0, received: 0, runs: 0, cgroups };
        match server.receive().unwrap().1 {
            Reply::Hello(hello) => server.hello = hello,
            other => panic!("{other:?} instead of Hello"),
        }
        server.send(RunId::NONE, Order::Welcome(Setup { uid, gid: uid }), &[]);
        server
    }

    /// The cgroups it was given.
    pub(crate) fn cgroups(&self) -> &Cgroups {
        self.cgroups.as_ref().unwrap()
    }

    /// The monitor's process.
    pub(crate) fn monitor_pid(&self) -> u32 {
        self.child.id()
    }

    /// The monitor's children.
    pub(crate) fn children(&self) -> Vec<u32> {
        let pid = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
        children.split_whitespace().map(|child| child.parse().unwrap()).collect()
    }

    /// A path in the box.
    pub(crate) fn box_path(&self, name: &str) -> PathBuf {
        self.directory.path().join("w").join(name)
    }

    /// The box.
    pub(crate) fn cwd(&self) -> String {
        self.directory.path().join("w").to_str().unwrap().into()
    }

    /// Sends an order.
    pub(crate) fn send(&mut self, run: RunId, message: Order, descriptors: &[BorrowedFd<'_>]) {
        let frame = encode(&Envelope { version: VERSION, run, sequence: self.sent, message }).unwrap();
        self.sent += 1;
        socket::send(&self.socket, &frame, descriptors).unwrap();
    }

    /// Sends bytes that may be no frame.
    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        socket::send(&self.socket, bytes, &[]).unwrap();
    }

    /// The next frame; None when the monitor is gone.
    pub(crate) fn receive(&mut self) -> Option<(RunId, Reply, Vec<OwnedFd>)> {
        wait_readable(&self.socket);
        let mut buffer = vec![0; MAX_FRAME];
        let packet = socket::receive(&self.socket, &mut buffer).unwrap();
        if packet.length == 0 {
            return None;
        }
        let envelope: Envelope<Reply> = decode(&buffer[..packet.length]).unwrap();
        assert_eq!(envelope.sequence, self.received, "the monitor's frames count up");
        self.received += 1;
        Some((envelope.run, envelope.message, packet.descriptors))
    }

    /// Sends a run and gives its id.
    pub(crate) fn begin(&mut self, run: Run, descriptors: &[BorrowedFd<'_>]) -> RunId {
        self.runs += 1;
        let id = RunId(self.runs);
        self.send(id, Order::Run(Box::new(run)), descriptors);
        id
    }

    /// Waits for the end of a run.
    pub(crate) fn finish(&mut self, id: RunId) -> Ran {
        let (mut collected, mut descriptors): (Vec<Collected>, _) = (vec![], vec![]);
        let report = loop {
            let (run, reply, mut with) = self.receive().expect("the monitor is there");
            assert_eq!(run, id);
            descriptors.append(&mut with);
            match reply {
                Reply::Collected(mut more) => collected.append(&mut more),
                Reply::Report(mut report) => {
                    collected.append(&mut report.collected);
                    report.collected = collected;
                    break *report;
                }
                other => panic!("{other:?} instead of a report"),
            }
        };
        match self.receive().expect("the monitor is there") {
            (run, Reply::Clean(clean), _) if run == id => Ran { report, descriptors, clean },
            other => panic!("{other:?} instead of a proof"),
        }
    }

    /// Runs to the end.
    pub(crate) fn run(&mut self, run: Run, descriptors: &[BorrowedFd<'_>]) -> Ran {
        let id = self.begin(run, descriptors);
        self.finish(id)
    }

    /// Runs a shell script and gives what came of it and what it wrote.
    pub(crate) fn shell(&mut self, script: &str, limits: Limits) -> (Ran, String) {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let mut run = program(&["/bin/sh", "-c", script], &self.cwd(), limits);
        run.stdio = stdio_to(0);
        let ran = self.run(run, &[writer.as_fd()]);
        drop(writer);
        let mut output = Vec::new();
        reader.read_to_end(&mut output).unwrap();
        (ran, String::from_utf8_lossy(&output).into_owned())
    }

    /// Closes the connection and gives the monitor's exit status.
    pub(crate) fn hang_up(mut self) -> std::process::ExitStatus {
        let (left, _) =
            rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
                .unwrap();
        self.socket = left;
        self.exit()
    }

    /// The monitor's exit status, when it has ended.
    pub(crate) fn exit(mut self) -> std::process::ExitStatus {
        wait_until(|| self.child.try_wait().unwrap().is_some());
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        drop(self.cgroups.take());
    }
}

/// Cgroups of the host for one monitor; removed when the monitor is dead.
pub(crate) struct Cgroups {
    links: tempfile::TempDir,
    made: Vec<PathBuf>,
}

impl Cgroups {
    fn make() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("gavel-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let links = tempfile::tempdir().unwrap();
        let host = Path::new("/sys/fs/cgroup");
        let unified = host.join("cgroup.controllers").exists();
        let hierarchies: &[&str] =
            if unified { &[""] } else { &["memory", "pids", "cpuacct", "cpu", "cpuset"] };
        let mut made = Vec::new();
        for hierarchy in hierarchies {
            let directory = host.join(hierarchy).join(&name);
            std::fs::create_dir(&directory).unwrap();
            if !unified {
                std::os::unix::fs::symlink(&directory, links.path().join(hierarchy)).unwrap();
            }
            if *hierarchy == "cpuset" {
                // As engines do: a new one is empty, and nothing can join it.
                for file in ["cpuset.mems", "cpuset.cpus"] {
                    std::fs::copy(host.join(hierarchy).join(file), directory.join(file)).unwrap();
                }
            }
            made.push(directory);
        }
        Self { links, made }
    }

    /// What a container finds at `/cg`.
    fn root(&self) -> &Path {
        if self.made.len() == 1 { &self.made[0] } else { self.links.path() }
    }

    fn joined(&self) -> String {
        self.made.iter().map(|path| path.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    /// The leaves that are there, in all hierarchies.
    pub(crate) fn leaves(&self) -> Vec<PathBuf> {
        let below = self.made.iter().flat_map(|directory| std::fs::read_dir(directory).unwrap());
        below.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    }
}

impl Drop for Cgroups {
    fn drop(&mut self) {
        for leaf in self.leaves().into_iter().chain(self.made.clone()) {
            // Dead processes leave their cgroup a moment later.
            let end = std::time::Instant::now() + PATIENCE;
            while std::fs::remove_dir(&leaf).is_err() && std::time::Instant::now() < end {
                kill_all(&leaf);
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }
}

/// Where a monitor has failed, what it ran is there still. With no room for others a flood has an end, too.
fn kill_all(leaf: &Path) {
    let _only_in_one_hierarchy = std::fs::write(leaf.join("pids.max"), "0");
    let left = std::fs::read_to_string(leaf.join("cgroup.procs")).unwrap_or_default();
    for process in left.lines().filter_map(|pid| rustix::process::Pid::from_raw(pid.parse().ok()?)) {
        let _has_ended_meanwhile = rustix::process::kill_process(process, rustix::process::Signal::KILL);
    }
}

/// A program in the box, nothing on its descriptors.
pub(crate) fn program(argv: &[&str], cwd: &str, limits: Limits) -> Run {
    Run {
        argv: argv.iter().map(|argument| argument.as_bytes().to_vec()).collect(),
        env: vec![b"PATH=/usr/bin:/bin".to_vec()],
        cwd: cwd.into(),
        search_cwd: false,
        executable: None,
        files: vec![],
        stdio: vec![],
        terminal: None,
        collect: vec![],
        leavings: false,
        limits,
    }
}

/// Standard input empty, output and error to one descriptor of the frame.
pub(crate) fn stdio_to(descriptor: u16) -> Vec<Stdio> {
    let out = StdioSource::Descriptor(Descriptor(descriptor));
    vec![
        Stdio { fd: 0, source: StdioSource::Null },
        Stdio { fd: 1, source: out.clone() },
        Stdio { fd: 2, source: out },
    ]
}

/// Enough for anything small.
pub(crate) fn limits() -> Limits {
    Limits {
        cpu_time: Duration::from_secs(10),
        wall_time: Duration::from_secs(30),
        memory: Bytes::mib(256),
        stack: Bytes::mib(8),
        file_size: Bytes::mib(16),
        open_files: 64,
        processes: 64,
        core: Bytes(0),
        address_space: None,
        data: None,
        cpu_rate: None,
        cpus: None,
    }
}

/// How a finished run ended.
pub(crate) fn ending(ran: &Ran) -> gavel_protocol::Ending {
    match ran.report.outcome {
        Outcome::Finished { ending, .. } => ending,
        ref other => panic!("{other:?}"),
    }
}

/// What a finished run used.
pub(crate) fn usage(ran: &Ran) -> gavel_protocol::Usage {
    match ran.report.outcome {
        Outcome::Finished { usage, .. } => usage,
        ref other => panic!("{other:?}"),
    }
}

/// The processes with this real uid.
pub(crate) fn processes_of(uid: u32) -> Vec<u32> {
    let of = |pid: &u32| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.contains(&format!("\nUid:\t{uid}\t"))
    };
    let entries = std::fs::read_dir("/proc").unwrap();
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(of).collect()
}

/// Waits for something to become true.
pub(crate) fn wait_until(mut true_now: impl FnMut() -> bool) {
    let end = std::time::Instant::now() + PATIENCE;
    while !true_now() {
        assert!(std::time::Instant::now() < end, "it did not happen within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Has the kernel forget what it has in memory of a file.
pub(crate) fn forget(file: &std::fs::File) {
    file.sync_all().unwrap();
    rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
}

fn open_up(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

fn wait_readable(descriptor: &OwnedFd) {
    let mut fds = [PollFd::from_borrowed_fd(descriptor.as_fd(), PollFlags::IN)];
    let timeout = Timespec { tv_sec: PATIENCE.as_secs().cast_signed(), tv_nsec: 0 };
    assert_ne!(poll(&mut fds, Some(&timeout)).unwrap(), 0, "nothing came within {PATIENCE:?}");
}
