//! The command line. Small on purpose: the monitor is copied into every container.

use std::path::PathBuf;
use std::time::Duration;

use gavel_protocol::{Bytes, Limits};

use crate::identity::is_shield;
use crate::manner::Manner;
use crate::warming::OF_IMAGES;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Runs programs in a container, enforces their limits and reports.

monitor serve --socket PATH [--cgroups DIR] [--box DIR]... [--warm DIR]... [--for commands]
    Connects to the server's socket and runs what it says, until the connection ends. While there is nothing to do it
    reads into memory what is below the --warm directories (those of an image's programs and libraries). For
    commands what they send to process 1 is as if sent, and nothing comes of it; it is refused else. A command that has had
    no core for long is out of time; of others nothing is said, and the connection ends.

monitor run [OPTION]... -- PROGRAM [ARGUMENT]...
    Runs one program and prints a JSON report on standard output. The program inherits standard input and the
    environment; what it writes to standard output and error goes to standard error, unless redirected.
    Exit status 0 = there is a report, whatever came of the program. Nothing is wiped. Where no cgroup can be made,
    a run ends with all processes of its uid: then two runs at a time need two.

    --cpu TIME (10s)         --memory SIZE (512MiB)    --uid UID (65533)    --stdin FILE
    --wall TIME (3 CPU + 1s) --stack SIZE (= memory)   --gid GID (= uid)    --stdout FILE
    --processes N (128)      --file-size SIZE (256MiB) --cwd DIR (here)     --stderr FILE
    --open-files N (256)     --cgroups DIR (/cg)       --env KEY=VALUE (repeatable; replaces the environment)
    --writable DIR (repeatable; may be written beside the box and cwd)

TIME: 500ms, 10s, 2m. SIZE: 4096, 64KiB, 512MiB, 1GiB.
";

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// `monitor serve`.
    Serve(Serve),
    /// `monitor run`.
    Run(Box<ByHand>),
    /// `monitor --help`.
    Help,
    /// `monitor --version`.
    Version,
}

/// Arguments of `monitor serve`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Serve {
    /// Where the server listens.
    pub(crate) socket: PathBuf,
    /// Where the slot's cgroup is bound.
    pub(crate) cgroups: PathBuf,
    /// The directories of the box.
    pub(crate) boxes: Vec<String>,
    /// The directories to read into memory.
    pub(crate) warm: Vec<String>,
    /// For whom programs are run.
    pub(crate) manner: Manner,
}

/// Arguments of `monitor run`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ByHand {
    /// The program and its arguments.
    pub(crate) argv: Vec<String>,
    /// Its environment; None = that of the monitor.
    pub(crate) env: Option<Vec<String>>,
    /// Its working directory; None = that of the monitor.
    pub(crate) cwd: Option<String>,
    /// Its limits.
    pub(crate) limits: Limits,
    /// Its user.
    pub(crate) uid: u32,
    /// Its group.
    pub(crate) gid: u32,
    /// Files in place of its standard descriptors.
    pub(crate) stdio: [Option<String>; 3],
    /// Further directories that it may write.
    pub(crate) writable: Vec<String>,
    /// Where the slot's cgroup is bound.
    pub(crate) cgroups: PathBuf,
}

/// Where programs may write in a container.
pub(crate) const BOXES: [&str; 3] = ["/w", "/tmp", "/dev/shm"];

const CGROUPS: &str = "/cg";

/// Of programs that are run by hand: above what the server gives to slots, below what `nobody` has.
const UID: u32 = 65_533;

/// Reads the command line without the program's own name.
///
/// # Errors
/// A sentence about what is wrong with it.
pub(crate) fn parse(arguments: &[String]) -> Result<Command, String> {
    let mut words = arguments.iter().map(String::as_str);
    match words.next() {
        Some("serve") => serve(words).map(Command::Serve),
        Some("run") => by_hand(words).map(|run| Command::Run(Box::new(run))),
        Some("--help" | "-h" | "help") => Ok(Command::Help),
        Some("--version" | "-V") => Ok(Command::Version),
        Some(other) => Err(format!("there is no command `{other}`; see monitor --help")),
        None => Err("a command is missing; see monitor --help".into()),
    }
}

fn serve<'a>(mut words: impl Iterator<Item = &'a str>) -> Result<Serve, String> {
    let (mut socket, mut cgroups, mut boxes, mut warm) =
        (None, PathBuf::from(CGROUPS), Vec::new(), Vec::new());
    let mut manner = Manner::SUBMISSIONS;
    while let Some(option) = words.next() {
        let value = words.next().ok_or_else(|| format!("{option} needs a value"))?;
        match option {
            "--socket" => socket = Some(PathBuf::from(value)),
            "--cgroups" => cgroups = PathBuf::from(value),
            "--box" => boxes.push(value.trim_end_matches('/').to_owned()),
            "--warm" => warm.push(value.to_owned()),
            "--for" if value == "commands" => manner = Manner::COMMANDS,
            "--for" => {
                return Err(format!("programs are run for `commands`, or without --for; not for `{value}`"));
            }
            _ => return Err(unknown(option)),
        }
    }
    if boxes.is_empty() {
        boxes = BOXES.map(str::to_owned).to_vec();
    }
    if warm.is_empty() {
        warm = OF_IMAGES.map(str::to_owned).to_vec();
    }
    Ok(Serve { socket: socket.ok_or("--socket is missing")?, cgroups, boxes, warm, manner })
}

fn by_hand<'a>(mut words: impl Iterator<Item = &'a str>) -> Result<ByHand, String> {
    let (mut wall, mut stack, mut gid) = (None, None, None);
    let mut run = ByHand {
        argv: Vec::new(),
        env: None,
        cwd: None,
        limits: defaults(),
        uid: UID,
        gid: UID,
        stdio: [None, None, None],
        writable: Vec::new(),
        cgroups: CGROUPS.into(),
    };
    while let Some(option) = words.next() {
        if option == "--" {
            run.argv = words.map(str::to_owned).collect();
            break;
        }
        let value = words.next().ok_or_else(|| format!("{option} needs a value"))?;
        match option {
            "--cpu" => run.limits.cpu_time = duration(value)?,
            "--wall" => wall = Some(duration(value)?),
            "--memory" => run.limits.memory = size(value)?,
            "--stack" => stack = Some(size(value)?),
            "--file-size" => run.limits.file_size = size(value)?,
            "--open-files" => run.limits.open_files = number(value)?,
            "--processes" => run.limits.processes = number(value)?,
            "--uid" => run.uid = number(value)?,
            "--gid" => gid = Some(number(value)?),
            "--cwd" => run.cwd = Some(value.into()),
            "--env" => run.env.get_or_insert_default().push(value.into()),
            "--stdin" => run.stdio[0] = Some(value.into()),
            "--stdout" => run.stdio[1] = Some(value.into()),
            "--stderr" => run.stdio[2] = Some(value.into()),
            "--writable" => run.writable.push(value.into()),
            "--cgroups" => run.cgroups = value.into(),
            _ => return Err(unknown(option)),
        }
    }
    run.limits.wall_time =
        wall.unwrap_or(run.limits.cpu_time.saturating_mul(3).saturating_add(Duration::from_secs(1)));
    run.limits.stack = stack.unwrap_or(run.limits.memory);
    run.gid = gid.unwrap_or(run.uid);
    match run {
        ByHand { uid: 0, .. } | ByHand { gid: 0, .. } => Err("a program does not run as root".into()),
        ByHand { uid, .. } if is_shield(uid) => Err(format!("uid {uid} is the monitor's own")),
        run if run.argv.is_empty() => Err("a program is missing behind `--`".into()),
        run => Ok(run),
    }
}

fn defaults() -> Limits {
    Limits {
        cpu_time: Duration::from_secs(10),
        wall_time: Duration::ZERO,
        memory: Bytes::mib(512),
        stack: Bytes(0),
        file_size: Bytes::mib(256),
        open_files: 256,
        processes: 128,
        // Not 0: then a `core_pattern` with a pipe would be run.
        core: Bytes(1),
        address_space: None,
        data: None,
        cpu_rate: None,
        cpus: None,
    }
}

fn unknown(option: &str) -> String {
    format!("there is no option `{option}`; see monitor --help")
}

fn number(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("`{text}` is not a number"))
}

fn duration(text: &str) -> Result<Duration, String> {
    let (value, unit) = split(text)?;
    let milliseconds = match unit {
        "ms" => Some(value),
        "s" => value.checked_mul(1000),
        "m" | "min" => value.checked_mul(60_000),
        _ => None,
    };
    milliseconds
        .map(Duration::from_millis)
        .ok_or_else(|| format!("`{text}` is not a time such as 500ms, 10s or 2m"))
}

fn size(text: &str) -> Result<Bytes, String> {
    let (value, unit) = split(text)?;
    let factor: Option<u64> = match unit {
        "" | "B" => Some(1),
        "KiB" | "K" | "k" => Some(1 << 10),
        "MiB" | "M" | "m" => Some(1 << 20),
        "GiB" | "G" | "g" => Some(1 << 30),
        _ => None,
    };
    let bytes = factor.and_then(|factor| value.checked_mul(factor));
    bytes.map(Bytes).ok_or_else(|| format!("`{text}` is not a size such as 4096, 64KiB or 512MiB"))
}

fn split(text: &str) -> Result<(u64, &str), String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (value, unit) = text.split_at(digits);
    Ok((value.parse().map_err(|_| format!("`{text}` does not begin with a number"))?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    fn run(line: &str) -> ByHand {
        match parsed(line) {
            Ok(Command::Run(run)) => *run,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn limits_that_are_not_given_follow_from_those_that_are() {
        let run = run("run --cpu 1500ms --memory 64MiB -- g++ -o x main.cpp");
        assert_eq!(run.limits.wall_time, Duration::from_millis(5500));
        assert_eq!(run.limits.stack, Bytes::mib(64));
        assert_eq!(run.limits.core, Bytes(1), "at 0 the kernel runs a piped core_pattern");
        assert_eq!(run.argv, ["g++", "-o", "x", "main.cpp"]);
    }

    #[test]
    fn options_behind_the_dashes_belong_to_the_program() {
        assert_eq!(run("run -- echo --cpu 1s").argv, ["echo", "--cpu", "1s"]);
    }

    #[test]
    fn the_box_has_its_usual_directories_unless_told_otherwise() {
        let Ok(Command::Serve(serve)) = parsed("serve --socket /ctl/monitor.sock") else { panic!() };
        assert_eq!((&serve.boxes[..], serve.manner), (&BOXES.map(str::to_owned)[..], Manner::SUBMISSIONS));
        let Ok(Command::Serve(serve)) = parsed("serve --socket s --box /a/ --box /b --for commands") else {
            panic!()
        };
        assert_eq!(
            (&serve.boxes[..], serve.manner),
            (&["/a", "/b"].map(str::to_owned)[..], Manner::COMMANDS)
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        for (line, named) in [
            ("run --cpu 10 -- true", "`10`"),
            ("run --memory 1TiB -- true", "`1TiB`"),
            ("run --memory 99999999999GiB -- true", "`99999999999GiB`"),
            ("run --colour red -- true", "`--colour`"),
            ("run --uid 0 -- true", "root"),
            ("run --uid 65531 -- true", "65531"),
            ("run --uid 1073741825 -- true", "1073741825"),
            ("run --cpu", "--cpu needs"),
            ("run --cpu 1s", "behind `--`"),
            ("serve", "--socket"),
            ("serve --socket s --for fun", "`fun`"),
            ("server", "`server`"),
        ] {
            let refused = parsed(line).unwrap_err();
            assert!(refused.contains(named), "{line}: {refused}");
        }
    }
}
