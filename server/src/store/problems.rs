//! Versions of problems.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::rows::{ContentRow, RowError};
use super::{Store, StoreError, millis, refs, time};
use crate::blocking::elsewhere;
use crate::content::{BlobId, Content};
use crate::problem::{Manifest, Problem, Show};
use crate::tokens::SeesProblems;

/// A version as it is listed.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Where it is in the order of all, for the next page.
    pub seq: i64,
    /// What its owner calls the problem.
    pub id: String,
    /// The hash of what is in it.
    pub version: BlobId,
    /// When it was pushed last.
    pub pushed_at: DateTime<Utc>,
    /// Its names by language.
    pub names: BTreeMap<String, String>,
    /// The named token that it was pushed with.
    pub token: Option<String>,
    /// What it tells of secret tests.
    pub show: Show,
    /// It is for those alone who keep problems.
    pub private: bool,
}

/// With what a version was pushed, beside the package.
#[derive(Debug, Clone, Copy, Default)]
pub struct Push<'a> {
    /// The named token.
    pub token: Option<&'a str>,
    /// Whether it is for those alone who keep problems; none: as the newest version is, which is for all where there is none.
    pub private: Option<bool>,
}

/// A version in the forms of its row.
struct Stored {
    id: String,
    version: String,
    now: i64,
    names: String,
    token: Option<String>,
    private: Option<bool>,
    show: &'static str,
    manifest: Vec<u8>,
    files: Vec<u8>,
    refs: BTreeMap<BlobId, u64>,
}

impl Stored {
    fn of(problem: &Problem, Push { token, private }: Push<'_>) -> Result<Self, StoreError> {
        let rows = problem.files.iter().map(|(path, content)| (path, ContentRow::of(content)));
        Ok(Self {
            id: problem.id.clone(),
            version: problem.version.to_string(),
            now: millis(problem.pushed_at),
            names: serde_json::to_string(&problem.manifest.names)?,
            token: token.map(str::to_owned),
            private,
            show: problem.manifest.show.name(),
            manifest: serde_json::to_vec(&problem.manifest)?,
            files: serde_json::to_vec(&rows.collect::<BTreeMap<_, _>>())?,
            refs: problem.files.values().filter_map(Content::blob).map(|blob| (blob.id, blob.size)).collect(),
        })
    }
}

impl Store {
    /// Keeps a version that was pushed so, which is the newest of its problem from now on. True where it was not there
    /// before; none where the problem came with another token. Of the others so many stay, the newest.
    ///
    /// # Errors
    /// The store's.
    pub async fn put_problem(
        &self,
        problem: &Problem,
        push: Push<'_>,
        others: usize,
    ) -> Result<Option<bool>, StoreError> {
        self.check_room()?;
        let stored = Stored::of(problem, push)?;
        let put = self.writer.write(move |connection| {
            Box::pin(async move {
                let id = stored.id.clone();
                let sql = "SELECT 1 FROM problems WHERE id = $1 AND removed_at IS NULL AND token IS NOT $2";
                let others_own = sqlx::query(sql).bind(&id).bind(&stored.token);
                if others_own.fetch_optional(&mut *connection).await?.is_some() {
                    return Ok((None, Vec::new()));
                }
                let (is_new, mut gone) = put(connection, stored).await?;
                let sql = "UPDATE problems SET removed_at = pushed_at WHERE id = $1 AND removed_at IS NULL AND seq NOT IN \
                           (SELECT seq FROM problems WHERE id = $1 AND removed_at IS NULL \
                            ORDER BY pushed_at DESC, seq DESC LIMIT $2)";
                let most = i64::try_from(others).unwrap_or(i64::MAX).saturating_add(1);
                sqlx::query(sql).bind(id).bind(most).execute(&mut *connection).await?;
                gone.extend(drop_removed(connection).await?);
                Ok((Some(is_new), gone))
            })
        });
        let (is_new, gone) = put.await?;
        self.blobs.suspect(gone);
        Ok(is_new)
    }

    /// A version of a problem. One that is not offered any more is found while something waits for it.
    ///
    /// # Errors
    /// The store's.
    pub async fn problem(&self, id: &str, version: BlobId) -> Result<Option<Problem>, StoreError> {
        let sql = "SELECT id, version, pushed_at, private, manifest, files FROM problems WHERE id = $1 AND version = $2";
        let query = sqlx::query(sql).bind(id).bind(version.to_string());
        let Some(row) = query.fetch_optional(&self.readers).await? else { return Ok(None) };
        elsewhere(move || problem(&row)).await?.map(Some)
    }

    /// The newest version of each problem that is seen, those first that were pushed last. At most `limit`, behind the one
    /// that has this place.
    ///
    /// # Errors
    /// The store's.
    pub async fn problems(
        &self,
        sees: &SeesProblems,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        let sql = "SELECT p.seq, p.id, p.version, p.pushed_at, p.names, p.token, p.show, p.private FROM problems p \
                   WHERE p.removed_at IS NULL AND p.seq < $1 AND ($3 OR p.token IS NULL OR p.token IS $4) \
                   AND ($5 OR NOT p.private) \
                   AND p.seq = (SELECT q.seq FROM problems q WHERE q.id = p.id AND q.removed_at IS NULL \
                                ORDER BY q.pushed_at DESC, q.seq DESC LIMIT 1) ORDER BY p.seq DESC LIMIT $2";
        let (all, token) = sees.of.columns();
        let query = sqlx::query(sql).bind(before.unwrap_or(i64::MAX)).bind(number(limit));
        let query = query.bind(all).bind(token).bind(sees.private);
        query.fetch_all(&self.readers).await?.iter().map(listed).collect()
    }

    /// The versions of a problem that are offered, the newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn problem_versions(&self, id: &str) -> Result<Vec<Listed>, StoreError> {
        let sql = "SELECT seq, id, version, pushed_at, names, token, show, private FROM problems \
                   WHERE id = $1 AND removed_at IS NULL ORDER BY pushed_at DESC, seq DESC";
        sqlx::query(sql).bind(id).fetch_all(&self.readers).await?.iter().map(listed).collect()
    }

    /// Offers no version of a problem any more, where it came with this token, or is `anybodys`. False where there was none.
    ///
    /// # Errors
    /// The store's.
    pub async fn remove_problem(
        &self,
        id: &str,
        token: Option<&str>,
        anybodys: bool,
    ) -> Result<bool, StoreError> {
        let (id, token, now) = (id.to_owned(), token.map(str::to_owned), millis(Utc::now()));
        let removed = self.writer.write(move |connection| {
            Box::pin(async move {
                let sql = "UPDATE problems SET removed_at = $2 \
                           WHERE id = $1 AND removed_at IS NULL AND ($3 OR token IS $4)";
                let remove = sqlx::query(sql).bind(id).bind(now).bind(anybodys).bind(token);
                let removed = remove.execute(&mut *connection).await?;
                Ok((removed.rows_affected() > 0, drop_removed(connection).await?))
            })
        });
        let (was_there, gone) = removed.await?;
        self.blobs.suspect(gone);
        Ok(was_there)
    }

    /// Bytes that versions take, rows and files; a file that several have counts once.
    ///
    /// # Errors
    /// The store's.
    pub async fn size_of_problems(&self) -> Result<u64, StoreError> {
        let sql =
            "SELECT coalesce(sum(size), 0) FROM (SELECT max(size) AS size FROM problem_refs GROUP BY hash)";
        let files: i64 = sqlx::query_scalar(sql).fetch_one(&self.readers).await?;
        Ok(u64::try_from(files).unwrap_or(0) + self.size_of_problem_rows().await?)
    }

    /// Of that, what is in the database.
    pub(super) async fn size_of_problem_rows(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(sum(length(manifest) + length(files)), 0) FROM problems";
        let rows: i64 = sqlx::query_scalar(sql).fetch_one(&self.readers).await?;
        Ok(u64::try_from(rows).unwrap_or(0))
    }

    /// Lets go of versions that are not offered any more, and that nothing waits for by now.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn drop_removed_problems(&self) -> Result<(), StoreError> {
        let dropped = self.writer.write(|connection| Box::pin(drop_removed(connection)));
        self.blobs.suspect(dropped.await?);
        Ok(())
    }
}

fn number(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Whether it was not there before, and the files that its row named before that.
async fn put(connection: &mut SqliteConnection, stored: Stored) -> Result<(bool, Vec<BlobId>), sqlx::Error> {
    let Stored { id, version, now, names, token, private, show, manifest, files, refs } = stored;
    let private = match private {
        Some(private) => private,
        None => is_private(connection, &id).await?,
    };
    // What is made of the same package may be more than an earlier server made of it.
    let sql = "UPDATE problems SET pushed_at = $3, removed_at = NULL, manifest = $4, files = $5, names = $6, token = $7, \
               private = $8 \
               WHERE id = $1 AND version = $2 RETURNING seq";
    let update =
        sqlx::query_scalar(sql).bind(&id).bind(&version).bind(now).bind(&manifest).bind(&files).bind(&names);
    let update = update.bind(&token).bind(private);
    let known: Option<i64> = update.fetch_optional(&mut *connection).await?;
    let (seq, gone) = match known {
        Some(seq) => (seq, drop_refs(connection, seq).await?),
        None => {
            let sql = "INSERT INTO problems (id, version, pushed_at, manifest, files, names, token, private, show) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
            let insert =
                sqlx::query(sql).bind(id).bind(version).bind(now).bind(manifest).bind(files).bind(names);
            let insert = insert.bind(token).bind(private).bind(show);
            (insert.execute(&mut *connection).await?.last_insert_rowid(), Vec::new())
        }
    };
    for (id, size) in refs {
        let sql = "INSERT INTO problem_refs (seq, hash, size) VALUES ($1, $2, $3)";
        let insert = sqlx::query(sql).bind(seq).bind(id.as_bytes().as_slice());
        insert.bind(i64::try_from(size).unwrap_or(i64::MAX)).execute(&mut *connection).await?;
    }
    Ok((known.is_none(), gone))
}

/// Whether the newest version that is offered of a problem is for those alone who keep problems.
async fn is_private(connection: &mut SqliteConnection, id: &str) -> Result<bool, sqlx::Error> {
    let sql = "SELECT private FROM problems WHERE id = $1 AND removed_at IS NULL \
               ORDER BY pushed_at DESC, seq DESC LIMIT 1";
    let newest = sqlx::query_scalar(sql).bind(id).fetch_optional(&mut *connection).await?;
    Ok(newest.unwrap_or_default())
}

/// Returns the files that they named.
async fn drop_removed(connection: &mut SqliteConnection) -> Result<Vec<BlobId>, sqlx::Error> {
    // A version whose submissions are not all judged stays until they are.
    let sql = "DELETE FROM problems WHERE removed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM submissions s \
               WHERE s.problem = problems.id AND s.problem_version = problems.version \
               AND s.state IN ('queued', 'running')) RETURNING seq";
    let dropped: Vec<i64> = sqlx::query_scalar(sql).fetch_all(&mut *connection).await?;
    let mut files = Vec::new();
    for seq in dropped {
        files.extend(drop_refs(connection, seq).await?);
    }
    Ok(files)
}

async fn drop_refs(connection: &mut SqliteConnection, seq: i64) -> Result<Vec<BlobId>, sqlx::Error> {
    let sql = "DELETE FROM problem_refs WHERE seq = $1 RETURNING hash";
    let rows = sqlx::query(sql).bind(seq).fetch_all(&mut *connection).await?;
    rows.iter().filter_map(|row| refs::id(row, "hash").transpose()).collect()
}

fn listed(row: &SqliteRow) -> Result<Listed, StoreError> {
    Ok(Listed {
        seq: row.try_get("seq")?,
        id: row.try_get("id")?,
        version: version(row.try_get("version")?)?,
        pushed_at: time(row.try_get("pushed_at")?),
        names: serde_json::from_str(row.try_get("names")?)?,
        token: row.try_get("token")?,
        show: show(row.try_get("show")?)?,
        private: row.try_get("private")?,
    })
}

fn problem(row: &SqliteRow) -> Result<Problem, StoreError> {
    let manifest: Manifest = serde_json::from_slice(row.try_get("manifest")?)?;
    let files: BTreeMap<String, ContentRow> = serde_json::from_slice(row.try_get("files")?)?;
    let files = files.into_iter().map(|(path, content)| Ok((path, content.content()?)));
    let files = files.collect::<Result<_, RowError>>()?;
    let (id, version) = (row.try_get("id")?, version(row.try_get("version")?)?);
    let pushed_at = time(row.try_get("pushed_at")?);
    let problem = Problem::new(id, version, pushed_at, manifest, files).map_err(RowError::from)?;
    Ok(problem.with_private(row.try_get("private")?))
}

fn show(name: &str) -> Result<Show, StoreError> {
    Ok(Show::named(name).ok_or_else(|| RowError::Show(name.to_owned()))?)
}

/// The version of this name.
pub(super) fn version(hex: &str) -> Result<BlobId, StoreError> {
    Ok(hex.parse::<BlobId>().map_err(RowError::from)?)
}
