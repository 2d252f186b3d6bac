//! From a message to the request that it means.

use std::collections::BTreeMap;

use gavel_rpc::request::pipe_map::PipeIndex;
use gavel_rpc::request::{self as message, file};

use crate::account::{Account, Held, Purpose};
use crate::gojudge::refusal::Refusal;
use crate::gojudge::request::{
    Command, CopiedIn, File, OutputName, PipeEnd, PipeMap, Request, Source, Unusable, weight,
};

/// The id that the answer has to bear, and the request.
///
/// # Errors
/// In go-judge's words, where a message makes no sense in itself.
pub(crate) fn converted(request: gavel_rpc::Request) -> Result<(String, Request), Refusal> {
    let gavel_rpc::Request { request_id, cmd, pipe_mapping } = request;
    let parts = pipe_mapping.len() + cmd.iter().map(parts).sum::<usize>();
    let commands = cmd.into_iter().map(command).collect::<Result<_, _>>()?;
    let pipes = pipe_mapping.into_iter().map(pipe_map).collect();
    Ok((request_id, Request { commands, pipes, weight: weight(parts), ..Request::default() }))
}

/// Takes what a request weighs. It has been made: it does not wait for that in memory.
///
/// # Errors
/// There is no room for it.
pub(crate) fn weighed(account: &Account, request: &Request) -> Result<Held, Refusal> {
    Ok(account.try_take(Purpose::Requests, request.weight)?)
}

/// A command counts for a few parts of its own.
fn parts(command: &message::CmdType) -> usize {
    let message::CmdType { args, env, files, copy_in, symlinks, copy_out, copy_out_cached, .. } = command;
    let lists = [args.len(), env.len(), files.len(), copy_in.len(), symlinks.len()];
    4 + lists.iter().sum::<usize>() + copy_out.len() + copy_out_cached.len()
}

fn command(command: message::CmdType) -> Result<Command, Refusal> {
    let message::CmdType {
        args,
        env,
        files,
        tty,
        cpu_time_limit,
        clock_time_limit,
        memory_limit,
        stack_limit,
        proc_limit,
        cpu_rate_limit,
        cpu_set_limit,
        data_segment_limit,
        address_space_limit,
        copy_in,
        symlinks,
        copy_out,
        copy_out_cached,
        copy_out_dir,
        copy_out_max,
        copy_out_truncate,
    } = command;
    Ok(Command {
        args,
        env,
        files: files.into_iter().map(file).collect(),
        tty,
        cpu_limit: cpu_time_limit,
        clock_limit: clock_time_limit,
        // Old names that only JSON has.
        real_cpu_limit: 0,
        strict_memory_limit: false,
        memory_limit,
        stack_limit,
        proc_limit,
        cpu_rate_limit,
        cpu_set_limit,
        copy_in: copied_in(copy_in, symlinks)?,
        copy_out: copy_out.into_iter().map(output_name).collect(),
        copy_out_cached: copy_out_cached.into_iter().map(output_name).collect(),
        copy_out_max,
        copy_out_dir,
        copy_out_truncate,
        data_segment_limit,
        address_space_limit,
    })
}

/// Files and links by their paths; of both at one path, the link.
fn copied_in(
    files: BTreeMap<String, message::File>,
    links: BTreeMap<String, String>,
) -> Result<BTreeMap<String, CopiedIn>, Refusal> {
    let mut all = BTreeMap::new();
    for (path, given) in files {
        let Some(file) = file(given) else {
            return Err(Refusal::Failed(format!("nil type cannot be used for copyIn {path}")));
        };
        let file = match file {
            File::Source(source) => CopiedIn::Source(source),
            File::Collector { .. } => CopiedIn::Collector,
            File::StreamIn => CopiedIn::Unusable(Unusable::STREAM_IN),
            File::StreamOut => CopiedIn::Unusable(Unusable::STREAM_OUT),
            File::Unusable(what) => CopiedIn::Unusable(what),
        };
        all.insert(path, file);
    }
    for (path, target) in links {
        all.insert(path, CopiedIn::Symlink(target));
    }
    Ok(all)
}

/// None where nothing is set: then a pipe must fill the place.
fn file(file: message::File) -> Option<File> {
    Some(match file.file? {
        file::File::Local(local) => File::Source(Source::Local(local.src)),
        file::File::Memory(memory) => File::Source(Source::Content(memory.content)),
        file::File::Cached(cached) => File::Source(Source::Stored(cached.file_id)),
        file::File::Pipe(message::PipeCollector { name, max, pipe }) => File::Collector { name, max, pipe },
        file::File::StreamIn(()) => File::StreamIn,
        file::File::StreamOut(()) => File::StreamOut,
    })
}

fn output_name(file: message::CmdCopyOutFile) -> OutputName {
    let message::CmdCopyOutFile { name, optional } = file;
    OutputName { name, optional }
}

fn pipe_map(map: message::PipeMap) -> PipeMap {
    // There is no slower way of copying that could be asked for.
    let message::PipeMap { r#in, out, proxy, name, max, disable_zero_copy: _ } = map;
    let max = i64::try_from(max).unwrap_or(i64::MAX);
    PipeMap { input: pipe_end(r#in), output: pipe_end(out), name, max, proxy }
}

fn pipe_end(end: Option<PipeIndex>) -> PipeEnd {
    let PipeIndex { index, fd } = end.unwrap_or_default();
    PipeEnd { index: index.into(), fd: fd.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: file::File) -> message::File {
        message::File { file: Some(kind) }
    }

    fn memory(content: &'static [u8]) -> message::File {
        of(file::File::Memory(message::MemoryFile { content: content.into() }))
    }

    fn one(command: message::CmdType) -> Command {
        let request = gavel_rpc::Request { cmd: vec![command], ..gavel_rpc::Request::default() };
        converted(request).unwrap().1.commands.remove(0)
    }

    #[test]
    fn every_limit_and_flag_finds_its_place() {
        let command = one(message::CmdType {
            args: vec!["a".into(), "b".into()],
            env: vec!["K=v".into()],
            tty: true,
            cpu_time_limit: 1,
            clock_time_limit: 2,
            memory_limit: 3,
            stack_limit: 4,
            proc_limit: 5,
            cpu_rate_limit: 6,
            cpu_set_limit: "0-1".into(),
            data_segment_limit: true,
            address_space_limit: true,
            copy_out_dir: "dir".into(),
            copy_out_max: 7,
            copy_out_truncate: true,
            ..message::CmdType::default()
        });
        let expected = Command {
            args: vec!["a".into(), "b".into()],
            env: vec!["K=v".into()],
            tty: true,
            cpu_limit: 1,
            clock_limit: 2,
            memory_limit: 3,
            stack_limit: 4,
            proc_limit: 5,
            cpu_rate_limit: 6,
            cpu_set_limit: "0-1".into(),
            data_segment_limit: true,
            address_space_limit: true,
            copy_out_dir: "dir".into(),
            copy_out_max: 7,
            copy_out_truncate: true,
            ..Command::default()
        };
        assert_eq!(command, expected);
        let flags = one(message::CmdType { data_segment_limit: true, ..message::CmdType::default() });
        assert!(flags.data_segment_limit && !flags.address_space_limit && !flags.tty);
    }

    #[test]
    fn each_kind_of_file_becomes_the_same_as_in_json() {
        let command = one(message::CmdType {
            files: vec![
                of(file::File::Local(message::LocalFile { src: "/a".into() })),
                memory(b"\0\xff"),
                of(file::File::Cached(message::CachedFile { file_id: "ID".into() })),
                of(file::File::Pipe(message::PipeCollector { name: "out".into(), max: -1, pipe: true })),
                message::File { file: None },
                of(file::File::StreamIn(())),
                of(file::File::StreamOut(())),
            ],
            ..message::CmdType::default()
        });
        let expected = [
            Some(File::Source(Source::Local("/a".into()))),
            Some(File::Source(Source::Content(b"\0\xff"[..].into()))),
            Some(File::Source(Source::Stored("ID".into()))),
            Some(File::Collector { name: "out".into(), max: -1, pipe: true }),
            None,
            Some(File::StreamIn),
            Some(File::StreamOut),
        ];
        assert_eq!(command.files, expected);
    }

    #[test]
    fn files_and_links_are_copied_in_and_outputs_keep_their_names_and_flags() {
        let name = |name: &str, optional| message::CmdCopyOutFile { name: name.into(), optional };
        let command = one(message::CmdType {
            copy_in: [("f".into(), memory(b"x"))].into(),
            symlinks: [("l".into(), "/dev/stdin".into())].into(),
            copy_out: vec![name("a?", false), name("b", true)],
            copy_out_cached: vec![name("c", false)],
            ..message::CmdType::default()
        });
        assert_eq!(command.copy_in["f"], CopiedIn::Source(Source::Content(b"x"[..].into())));
        assert_eq!(command.copy_in["l"], CopiedIn::Symlink("/dev/stdin".into()));
        let output = |name: &str, optional| OutputName { name: name.into(), optional };
        assert_eq!(command.copy_out, [output("a?", false), output("b", true)]);
        assert_eq!(command.copy_out_cached, [output("c", false)]);
    }

    #[test]
    fn a_file_to_copy_in_that_is_nothing_is_refused() {
        let copy_in = [("f".to_owned(), message::File { file: None })].into();
        let command = message::CmdType { copy_in, ..message::CmdType::default() };
        let request = gavel_rpc::Request { cmd: vec![command], ..gavel_rpc::Request::default() };
        let refusal = converted(request).unwrap_err();
        assert_eq!(refusal, Refusal::Failed("nil type cannot be used for copyIn f".into()));
    }

    #[test]
    fn pipes_connect_the_same_ends_and_the_id_is_kept() {
        let end = |index, fd| Some(PipeIndex { index, fd });
        let map = message::PipeMap {
            r#in: end(0, 1),
            out: end(1, -2),
            proxy: true,
            name: "talk".into(),
            max: u64::MAX,
            disable_zero_copy: true,
        };
        let (id, request) = converted(gavel_rpc::Request {
            request_id: "id".into(),
            cmd: Vec::new(),
            pipe_mapping: vec![map, message::PipeMap::default()],
        })
        .unwrap();
        let expected = PipeMap {
            input: PipeEnd { index: 0, fd: 1 },
            output: PipeEnd { index: 1, fd: -2 },
            name: "talk".into(),
            max: i64::MAX,
            proxy: true,
        };
        assert_eq!(id, "id");
        assert_eq!(request.pipes, [expected, PipeMap::default()]);
    }
}
