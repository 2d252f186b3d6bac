//! The files that a command has left in the store, which are its client's once that is told of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::runtime::Handle;

use super::files::FileStore;

/// Ids of stored files, by the names that the request has for them. Dropped before anybody is told of them, as where a client has
/// gone away, the files are removed: nobody else would do that.
#[derive(Debug, Default)]
pub(crate) struct StoredFiles {
    ids: BTreeMap<String, String>,
    /// None where nothing is to be removed.
    store: Option<Arc<FileStore>>,
}

impl StoredFiles {
    /// Those that are in this store.
    pub(crate) fn new(ids: BTreeMap<String, String>, store: &Arc<FileStore>) -> Self {
        Self { ids, store: Some(Arc::clone(store)) }
    }

    /// One alone, that no request has a name for.
    pub(crate) fn one(id: String, store: &Arc<FileStore>) -> Self {
        Self::new(BTreeMap::from([(String::new(), id)]), store)
    }

    /// One more. Of two of one name the last counts.
    pub(super) fn add(&mut self, name: String, id: String) {
        if let Some(other) = self.ids.insert(name.clone(), id) {
            drop(Self { ids: BTreeMap::from([(name, other)]), store: self.store.clone() });
        }
    }

    /// Their ids, by name.
    pub(crate) fn ids(&self) -> &BTreeMap<String, String> {
        &self.ids
    }

    /// What the client is told. From now on they are his to remove.
    pub(crate) fn tell(mut self) -> BTreeMap<String, String> {
        std::mem::take(&mut self.ids)
    }

    /// As [`Self::tell`], of one alone.
    pub(crate) fn tell_one(self) -> String {
        self.tell().into_values().next().unwrap_or_default()
    }
}

impl Drop for StoredFiles {
    fn drop(&mut self) {
        let ids = std::mem::take(&mut self.ids);
        let Some(store) = self.store.take().filter(|_| !ids.is_empty()) else { return };
        // Outside a runtime nothing runs on: the server ends, and the next one empties the store.
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn_blocking(move || remove(&store, ids)));
        }
    }
}

fn remove(store: &FileStore, ids: BTreeMap<String, String>) {
    for id in ids.into_values() {
        if let Err(error) = store.remove(&id) {
            tracing::warn!(%error, "a stored file that nobody was told of stays");
        }
    }
}

#[cfg(test)]
impl<const N: usize> From<[(String, String); N]> for StoredFiles {
    fn from(ids: [(String, String); N]) -> Self {
        Self { ids: ids.into(), store: None }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gavel_protocol::Bytes;

    use super::*;
    use crate::account::Account;

    #[tokio::test]
    async fn files_that_nobody_is_told_of_are_removed_and_others_stay() {
        let directory = tempfile::tempdir().unwrap();
        let account = Account::new(Bytes::mib(1));
        let path = directory.path().join("files");
        let store = Arc::new(FileStore::new(path, Bytes::mib(1), None, &account).unwrap());
        let add = |name: &str| store.add(name, b"x").unwrap();
        let files = |name: &str| StoredFiles::new(BTreeMap::from([(name.to_owned(), add(name))]), &store);
        let told = files("told").tell();
        let mut twice = files("twice");
        twice.add("twice".to_owned(), add("twice"));
        let twice = twice.tell();
        drop(files("untold"));
        let removed = async {
            while store.list().len() > 2 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), removed).await.unwrap();
        let mut expected = [told["told"].clone(), twice["twice"].clone()];
        expected.sort();
        let left: Vec<_> = store.list().into_iter().map(|(id, _)| id).collect();
        assert_eq!(left, expected);
    }
}
