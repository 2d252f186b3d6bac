//! For fuzzers: what may be made of a request before it is queued.

use std::sync::{Arc, OnceLock};

use gavel_protocol::Bytes;

use super::Settings;
use super::command::{self, Sources};
use super::descriptors::needed;
use super::files::FileStore;
use super::request::Request;
use crate::account::Account;

/// A store without files, in a directory of its own that stays until the process ends.
fn files() -> Arc<FileStore> {
    static FILES: OnceLock<(tempfile::TempDir, Arc<FileStore>)> = OnceLock::new();
    let new = || {
        let directory = tempfile::tempdir().expect("a directory");
        let account = Account::new(Bytes::mib(1));
        let files = FileStore::new(directory.path().join("f"), Bytes::mib(1), None, &account);
        (directory, Arc::new(files.expect("a store")))
    };
    Arc::clone(&FILES.get_or_init(new).1)
}

/// Checks a request and makes its commands ready to run; with and without streams.
pub(crate) fn prepared(request: &Request) {
    for streams in [false, true] {
        let settings = Arc::new(Settings { piped_limit: Bytes::mib(1), ..Settings::default() });
        let sources = Sources { settings, files: files(), streams };
        if command::check_files(request, &sources).is_err() {
            continue;
        }
        needed(request);
        if let (None, Ok(prepared)) = (command::unconnected(request), command::prepare_all(request, &sources))
        {
            assert_eq!(prepared.len(), request.commands.len());
            assert!(prepared.iter().all(|prepared| prepared.slots.len() <= command::MAX_FDS));
        }
    }
}
