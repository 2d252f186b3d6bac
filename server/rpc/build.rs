//! Makes Rust of `executor.proto`, without `protoc`.

use std::error::Error;
use std::path::PathBuf;

use prost::Message;

const PROTO: &str = "executor.proto";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={PROTO}");
    let description = protox::compile([PROTO], ["."])?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("executor.bin"), description.encode_to_vec())?;
    tonic_prost_build::configure()
        // Contents are passed on as they came, and not copied.
        .bytes(".")
        .btree_map(".")
        .build_transport(false)
        .codec_path("crate::bounded::Bounded")
        .compile_fds(description)?;
    Ok(())
}
