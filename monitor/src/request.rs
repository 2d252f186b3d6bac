//! From the server's order to what a child needs: descriptors in place of box files, paths to try, strings for exec.

use std::ffi::CString;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use gavel_protocol::{Descriptor, Run, StdioSource, Step};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use crate::boxes::Boxes;

/// The step that failed, and the kernel's error number.
pub(crate) type Refusal = (Step, i32);

/// A run's descriptors, all open, named by their position.
#[derive(Debug)]
pub(crate) struct Resolved {
    descriptors: Vec<OwnedFd>,
    /// What the program gets, and by which number.
    pub(crate) stdio: Vec<(u16, Descriptor)>,
    /// What is executed, where that is no path.
    pub(crate) executable: Option<Descriptor>,
    /// The terminal that the program is to control.
    pub(crate) terminal: Option<Descriptor>,
    /// The files of the box that the program writes through a descriptor, by path.
    written: Vec<(String, Descriptor)>,
}

impl Resolved {
    /// One of them.
    ///
    /// # Errors
    /// Step [`Step::Request`] when there is none.
    pub(crate) fn pick(&self, position: Descriptor) -> Result<&OwnedFd, Refusal> {
        self.descriptors.get(usize::from(position.0)).ok_or((Step::Request, libc::EBADF))
    }

    /// Keeps the files that the program writes, by path, and closes the others.
    pub(crate) fn written(self) -> Vec<(String, Rc<OwnedFd>)> {
        let mut written: Vec<(String, Rc<OwnedFd>)> = Vec::with_capacity(self.written.len());
        for (position, descriptor) in self.descriptors.into_iter().enumerate() {
            if let Some((path, _)) = self.written.iter().find(|(_, at)| usize::from(at.0) == position) {
                written.push((path.clone(), Rc::new(descriptor)));
            }
        }
        written
    }
}

/// Opens the box files that a run's descriptors name and drops what it has no use for.
///
/// # Errors
/// The step at fault.
pub(crate) fn resolve(run: &Run, descriptors: Vec<OwnedFd>, boxes: &Boxes) -> Result<Resolved, Refusal> {
    let mut given = Given {
        descriptors: descriptors.into_iter().map(Some).collect(),
        places: Vec::new(),
        kept: Vec::new(),
    };
    let mut stdio: Vec<(u16, Descriptor)> = Vec::with_capacity(run.stdio.len());
    let mut written: Vec<(String, Descriptor)> = Vec::new();
    for wanted in &run.stdio {
        if stdio.iter().any(|(number, _)| *number == wanted.fd) {
            return Err(INVALID);
        }
        let position = match &wanted.source {
            StdioSource::Descriptor(descriptor) => given.take(*descriptor)?,
            StdioSource::WriteFile(path) => match written.iter().find(|(opened, _)| opened == path) {
                Some((_, position)) => *position,
                None => {
                    let position = given.keep(boxes.open_for_writing(path).map_err(at_stdio)?);
                    written.push((path.clone(), position));
                    position
                }
            },
            StdioSource::Null => given.keep(nothing().map_err(at_stdio)?),
        };
        stdio.push((wanted.fd, position));
    }
    let executable = run.executable.map(|descriptor| given.take(descriptor)).transpose()?;
    let terminal = run.terminal.map(|descriptor| given.take(descriptor)).transpose()?;
    Ok(Resolved { descriptors: given.kept, stdio, executable, terminal, written })
}

fn at_stdio(errno: Errno) -> Refusal {
    (Step::Stdio, errno.raw_os_error())
}

/// The descriptors of a frame, and which of them are kept where.
struct Given {
    descriptors: Vec<Option<OwnedFd>>,
    places: Vec<(Descriptor, Descriptor)>,
    kept: Vec<OwnedFd>,
}

impl Given {
    fn take(&mut self, wanted: Descriptor) -> Result<Descriptor, Refusal> {
        if let Some((_, place)) = self.places.iter().find(|(named, _)| *named == wanted) {
            return Ok(*place);
        }
        let found = self.descriptors.get_mut(usize::from(wanted.0)).and_then(Option::take);
        let place = self.keep(found.ok_or((Step::Request, libc::EBADF))?);
        self.places.push((wanted, place));
        Ok(place)
    }

    fn keep(&mut self, descriptor: OwnedFd) -> Descriptor {
        let place = Descriptor(u16::try_from(self.kept.len()).unwrap_or(u16::MAX));
        self.kept.push(descriptor);
        place
    }
}

const INVALID: Refusal = (Step::Request, libc::EINVAL);

fn nothing() -> Result<OwnedFd, Errno> {
    rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
}

/// Strings for exec.
///
/// # Errors
/// Step [`Step::Request`] for a NUL within.
pub(crate) fn strings(of: &[Vec<u8>]) -> Result<Vec<CString>, Refusal> {
    of.iter().map(|bytes| string(bytes)).collect()
}

/// A string for the kernel.
///
/// # Errors
/// Step [`Step::Request`] for a NUL within.
pub(crate) fn string(of: &[u8]) -> Result<CString, Refusal> {
    CString::new(of).map_err(|_| INVALID)
}

/// Where `argv[0]` may be, in the order of the search.
///
/// # Errors
/// Step [`Step::Request`] for an empty name or a NUL.
pub(crate) fn candidates(run: &Run) -> Result<Vec<CString>, Refusal> {
    let name = run.argv.first().filter(|name| !name.is_empty()).ok_or(INVALID)?;
    if name.contains(&b'/') {
        return strings(std::slice::from_ref(name));
    }
    let here = run.search_cwd.then_some(b".".as_slice());
    // As in a shell's environment, the last of several counts.
    let path =
        run.env.iter().rev().find_map(|entry| entry.strip_prefix(b"PATH=".as_slice())).unwrap_or_default();
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
            leavings: false,
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
                cpu_rate: None,
                cpus: None,
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
