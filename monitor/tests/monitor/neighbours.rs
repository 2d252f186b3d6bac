//! That programs which run at the same time have nothing in common by which they could tell each other something.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};

use gavel_protocol::{Clean, Descriptor, Ending, Order, Run, Stdio, StdioSource};

use crate::common::{Server, ending, limits, program};
use crate::hostile::compiled;

/// Reads the first descriptor of the frame and writes to the second.
fn neighbour(server: &Server, argument: &[&str]) -> Run {
    let path = compiled("neighbour");
    let argv: Vec<&str> = [path.to_str().unwrap()].into_iter().chain(argument.iter().copied()).collect();
    let mut run = program(&argv, &server.cwd(), limits());
    let of_frame = |fd| Stdio { fd, source: StdioSource::Descriptor(Descriptor(fd)) };
    run.stdio = vec![of_frame(0), of_frame(1)];
    run
}

/// Runs to the end and gives what it wrote.
fn output_of(server: &mut Server, run: Run, input: BorrowedFd<'_>) -> String {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let ran = server.run(run, &[input, writer.as_fd()]);
    drop(writer);
    assert_eq!(ending(&ran), Ending::Exited { code: 0 });
    let mut output = String::new();
    reader.read_to_string(&mut output).unwrap();
    output
}

#[test]
fn two_programs_with_one_input_cannot_tell_each_other_anything_by_it() {
    let (mut holder, mut looker) = (Server::start(), Server::start());
    let mut input = tempfile::NamedTempFile::new().unwrap();
    input.write_all(b"an input of both").unwrap();
    let [first, second] = [(); 2].map(|()| std::fs::File::open(input.path()).unwrap());
    std::fs::set_permissions(input.path(), std::os::unix::fs::PermissionsExt::from_mode(0o444)).unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    let run = neighbour(&holder, &["hold"]);
    let id = holder.begin(run, &[first.as_fd(), writer.as_fd()]);
    drop(writer);
    let mut line = String::new();
    BufReader::new(reader).read_line(&mut line).unwrap();
    assert_eq!(line, "held\n");
    let run = neighbour(&looker, &["look"]);
    assert_eq!(output_of(&mut looker, run, second.as_fd()), "looked\n");
    holder.send(id, Order::Kill, &[]);
    assert_eq!(holder.finish(id).clean, Clean::Proven);
}

#[test]
fn locks_take_none_of_the_kernels_memory() {
    let mut server = Server::start();
    let nothing = std::fs::File::open("/dev/null").unwrap();
    let run = neighbour(&server, &["locks", "20000"]);
    assert_eq!(output_of(&mut server, run, nothing.as_fd()), "0\n");
}
