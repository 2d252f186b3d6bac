//! Keeps how long tests took over a restart: what is cut by guesses is cut worse.

use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fs, io};

use super::Shared;
use crate::blocking::on_disk;

/// How often it is written, where there is anything new.
const EVERY: Duration = Duration::from_secs(60);

/// Reads what was known before, and keeps what is, for ever.
pub(super) async fn keep(shared: Arc<Shared>) {
    let reading = Arc::clone(&shared);
    let read = on_disk(move || {
        // What is forgotten meanwhile is not read.
        let path = reading.lengths();
        reading.expected.read(&read(&path)?);
        Ok(())
    });
    if let Err(why) = read.await {
        tracing::warn!("How long tests took is not known any more: {why}");
    }
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(why) = shared.keep_lengths().await {
            tracing::warn!("How long tests took is not kept: {why}");
        }
    }
}

impl Shared {
    /// Writes it, where there is anything new.
    async fn keep_lengths(self: &Arc<Self>) -> io::Result<()> {
        if !self.expected.has_news() {
            return Ok(());
        }
        let this = Arc::clone(self);
        on_disk(move || {
            let path = this.lengths();
            write(&path, &this.expected.written())
        })
        .await
    }

    /// Forgets all of it: inputs are told by their hashes, and some are users'.
    pub(super) async fn forget_lengths(self: &Arc<Self>) -> io::Result<()> {
        let this = Arc::clone(self);
        on_disk(move || {
            let path = this.lengths();
            this.expected.forget();
            write(&path, &this.expected.written())
        })
        .await
    }

    fn lengths(&self) -> MutexGuard<'_, PathBuf> {
        self.lengths.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nothing where there is none yet.
fn read(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    }
}

/// All of it or what was there before.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, text)?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::remote::tests::Lone;
    use crate::content::Content;

    #[tokio::test]
    async fn how_long_tests_took_is_kept_and_goes_with_users_data() {
        let lone = Lone::start().await;
        let (shared, input) = (&lone.remote.0, Content::from("1 2\n"));
        let path = shared.lengths().clone();
        shared.keep_lengths().await.unwrap();
        assert!(!path.exists(), "there is nothing to be kept");
        assert_eq!(read(&path).unwrap(), "");
        shared.expected.note("c17", &input, Duration::from_millis(800));
        shared.keep_lengths().await.unwrap();
        assert_eq!(read(&path).unwrap(), format!("{} 800000 c17\n", input.hash()));
        shared.forget_lengths().await.unwrap();
        assert_eq!(read(&path).unwrap(), "");
    }
}
