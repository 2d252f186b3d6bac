//! A client of the go-judge API over gRPC, and what requests are made of.

use std::time::Duration;

use gavel_rpc::executor_client::ExecutorClient;
use gavel_rpc::request::{CachedFile, CmdCopyOutFile, CmdType, File, MemoryFile, PipeCollector, file};
use tonic::transport::Channel;

use crate::environment;

/// A client without a token, as go-judge's are.
///
/// # Panics
/// When the service is not served over gRPC.
pub async fn connect() -> ExecutorClient<Channel> {
    let url = environment::grpc_url();
    let timeout = environment::patience(Duration::from_secs(120));
    let endpoint = Channel::from_shared(url.clone()).expect("an address").timeout(timeout);
    match endpoint.connect().await {
        Ok(channel) => ExecutorClient::new(channel).max_decoding_message_size(64 << 20),
        Err(error) => panic!("no gRPC at {url} ({error:?}): set GAVEL_GOJUDGE__GRPC__ENABLED=true"),
    }
}

/// A command with standard descriptors and fair limits.
pub fn command(args: &[&str], stdin: &[u8]) -> CmdType {
    CmdType {
        args: args.iter().map(ToString::to_string).collect(),
        env: vec!["PATH=/usr/bin:/bin".into()],
        files: vec![memory(stdin), collector("stdout", 16 << 20), collector("stderr", 10240)],
        cpu_time_limit: 10_000_000_000,
        clock_time_limit: 30_000_000_000,
        memory_limit: 256 << 20,
        proc_limit: 50,
        ..CmdType::default()
    }
}

/// A file with this content.
pub fn memory(content: &[u8]) -> File {
    File { file: Some(file::File::Memory(MemoryFile { content: content.to_vec().into() })) }
}

/// A stored file.
pub fn cached(id: &str) -> File {
    File { file: Some(file::File::Cached(CachedFile { file_id: id.into() })) }
}

/// An output.
pub fn collector(name: &str, max: i64) -> File {
    File { file: Some(file::File::Pipe(PipeCollector { name: name.into(), max, pipe: false })) }
}

/// A file to take out.
pub fn output(name: &str) -> CmdCopyOutFile {
    CmdCopyOutFile { name: name.into(), optional: false }
}
