//! From an order to a plan: which descriptor goes where, and what is to be executed.

use std::ffi::CString;
use std::os::fd::{AsFd, OwnedFd, RawFd};

use gavel_protocol::{Descriptor, Run, StdioSource, Step};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use crate::boxes::Boxes;
use crate::spawn::{Image, Placed, Strings};

/// The step that failed before fork, and the kernel's error number.
pub(crate) type Refusal = (Step, i32);

/// What a program is started from, with all that had to be opened for it.
#[derive(Debug)]
pub(crate) struct Request {
    descriptors: Vec<OwnedFd>,
    stdio: Vec<(usize, RawFd)>,
    executable: Option<usize>,
    paths: Vec<CString>,
    argv: Vec<CString>,
    env: Vec<CString>,
    cwd: CString,
    /// Files of the box that the program writes through a descriptor, by path.
    written: Vec<(String, usize)>,
}

impl Request {
    /// Checks an order and opens the files that it names. `terminal` is the program's end of the run's terminal.
    ///
    /// # Errors
    /// The step at fault.
    pub(crate) fn new(
        run: &Run,
        mut descriptors: Vec<OwnedFd>,
        terminal: Option<OwnedFd>,
        boxes: &Boxes,
    ) -> Result<Self, Refusal> {
        let given = descriptors.len();
        let terminal = terminal.map(|terminal| {
            descriptors.push(terminal);
            descriptors.len() - 1
        });
        let mut stdio = Vec::with_capacity(run.stdio.len());
        let mut written: Vec<(String, usize)> = Vec::new();
        for wanted in &run.stdio {
            let index = match &wanted.source {
                StdioSource::Descriptor(descriptor) => position(*descriptor, given)?,
                StdioSource::Terminal => terminal.ok_or((Step::Request, libc::ENOTTY))?,
                StdioSource::WriteFile(path) if let Some(index) = opened(&written, path) => index,
                source => {
                    if let StdioSource::WriteFile(path) = source {
                        written.push((path.clone(), descriptors.len()));
                    }
                    descriptors
                        .push(open(source, boxes).map_err(|errno| (Step::Stdio, errno.raw_os_error()))?);
                    descriptors.len() - 1
                }
            };
            let target = RawFd::from(wanted.fd);
            if stdio.iter().any(|&(_, taken)| taken == target) {
                return Err(INVALID);
            }
            stdio.push((index, target));
        }
        let executable = run.executable.map(|descriptor| position(descriptor, given)).transpose()?;
        let paths = if executable.is_none() { candidates(run)? } else { Vec::new() };
        let argv = strings(&run.argv)?;
        if argv.is_empty() {
            return Err(INVALID);
        }
        let cwd = CString::new(run.cwd.as_str()).map_err(|_| INVALID)?;
        Ok(Self { descriptors, stdio, executable, paths, argv, env: strings(&run.env)?, cwd, written })
    }

    /// What to execute.
    pub(crate) fn image(&self) -> Image<'_> {
        match self.executable.and_then(|index| self.descriptors.get(index)) {
            Some(descriptor) => Image::Descriptor(descriptor.as_fd()),
            None => Image::Paths(self.paths.clone()),
        }
    }

    /// The program's descriptors.
    pub(crate) fn stdio(&self) -> Vec<Placed<'_>> {
        let placed = |&(index, target): &(usize, RawFd)| {
            self.descriptors.get(index).map(|source| Placed { source: source.as_fd(), target })
        };
        self.stdio.iter().filter_map(placed).collect()
    }

    /// The files of the box that the program writes through a descriptor, once more opened.
    ///
    /// # Errors
    /// As dup(2).
    pub(crate) fn written(&self) -> Result<Vec<(String, OwnedFd)>, Errno> {
        let mut again = Vec::with_capacity(self.written.len());
        for (path, index) in &self.written {
            let descriptor = self.descriptors.get(*index).ok_or(Errno::BADF)?;
            again.push((path.clone(), rustix::io::fcntl_dupfd_cloexec(descriptor, 3)?));
        }
        Ok(again)
    }

    /// The argument vector.
    pub(crate) fn argv(&self) -> Strings {
        Strings::new(self.argv.clone())
    }

    /// The environment.
    pub(crate) fn env(&self) -> Strings {
        Strings::new(self.env.clone())
    }

    /// The working directory.
    pub(crate) fn cwd(&self) -> CString {
        self.cwd.clone()
    }
}

const INVALID: Refusal = (Step::Request, libc::EINVAL);

fn position(descriptor: Descriptor, given: usize) -> Result<usize, Refusal> {
    let index = usize::from(descriptor.0);
    if index < given { Ok(index) } else { Err((Step::Request, libc::EBADF)) }
}

fn opened(written: &[(String, usize)], path: &str) -> Option<usize> {
    written.iter().find(|(written, _)| written == path).map(|(_, index)| *index)
}

fn open(source: &StdioSource, boxes: &Boxes) -> Result<OwnedFd, Errno> {
    match source {
        StdioSource::ReadFile(path) => {
            let file = boxes.open_beneath(path, OFlags::RDONLY | OFlags::NONBLOCK, Mode::empty())?;
            rustix::fs::fcntl_setfl(&file, OFlags::empty())?;
            Ok(file)
        }
        StdioSource::WriteFile(path) => boxes.open_for_writing(path),
        StdioSource::Null => rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()),
        StdioSource::Descriptor(_) | StdioSource::Terminal => Err(Errno::INVAL),
    }
}

fn strings(of: &[Vec<u8>]) -> Result<Vec<CString>, Refusal> {
    of.iter().map(|bytes| CString::new(bytes.as_slice()).map_err(|_| INVALID)).collect()
}

/// Where `argv[0]` may be, in the order of the search.
fn candidates(run: &Run) -> Result<Vec<CString>, Refusal> {
    let name = run.argv.first().filter(|name| !name.is_empty()).ok_or(INVALID)?;
    if name.contains(&b'/') {
        return strings(std::slice::from_ref(name));
    }
    let here = run.search_cwd.then(|| b".".as_slice());
    let path = run.env.iter().find_map(|entry| entry.strip_prefix(b"PATH=".as_slice())).unwrap_or_default();
    let along = path.split(|byte| *byte == b':').filter(|directory| !directory.is_empty());
    let join = |directory: &[u8]| [directory, b"/", name].concat();
    strings(&here.into_iter().chain(along).map(join).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gavel_protocol::{Bytes, Limits};

    use super::*;

    fn run(argv0: &str, path: &str, search_cwd: bool) -> Run {
        Run {
            argv: vec![argv0.into()],
            env: vec![b"HOME=/".to_vec(), format!("PATH={path}").into_bytes()],
            cwd: "/w".into(),
            search_cwd,
            executable: None,
            files: vec![],
            stdio: vec![],
            terminal: None,
            collect: vec![],
            limits: Limits {
                cpu_time: Duration::from_secs(1),
                wall_time: Duration::from_secs(1),
                memory: Bytes::mib(1),
                stack: Bytes::mib(1),
                file_size: Bytes::mib(1),
                open_files: 1,
                processes: 1,
                core: Bytes(1),
                address_space: None,
                data: None,
            },
        }
    }

    fn found(run: &Run) -> Vec<String> {
        candidates(run).unwrap().into_iter().map(|path| path.into_string().unwrap()).collect()
    }

    #[test]
    fn a_plain_name_is_looked_up_along_the_path_of_its_own_environment() {
        assert_eq!(found(&run("cc", "/usr/bin::/bin", false)), ["/usr/bin/cc", "/bin/cc"]);
    }

    #[test]
    fn the_working_directory_comes_first_only_when_asked_for() {
        assert_eq!(found(&run("a.out", "/bin", true)), ["./a.out", "/bin/a.out"]);
    }

    #[test]
    fn a_name_with_a_slash_is_a_path() {
        assert_eq!(found(&run("./a.out", "/bin", true)), ["./a.out"]);
    }

    #[test]
    fn an_empty_name_and_a_nul_are_refused_as_a_bad_request() {
        assert_eq!(candidates(&run("", "/bin", false)), Err(INVALID));
        assert_eq!(candidates(&run("a\0b", "/bin", false)), Err(INVALID));
    }
}
