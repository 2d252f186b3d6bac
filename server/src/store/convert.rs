//! Takes over what earlier versions have stored, all in one row: large contents become files. Such a row may have 100
//! MB, so that one is looked at at a time, and only when its turn comes.

use sqlx::Row;

use super::submissions::{Ended, Stored, parse_judgement, parse_request};
use super::{Store, StoreError, refs};
use crate::blobs::Packer;
use crate::blocking::on_disk;
use crate::content::Content;
use crate::judge::Judgement;
use crate::submission::{Submission, SubmissionId};

/// What came of taking over a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Converted {
    /// It waits, in rows of today; or it waits no more.
    Yes,
    /// Its row makes no sense.
    Unreadable(String),
}

impl Store {
    /// Takes over a submission that waits.
    ///
    /// # Errors
    /// The store's.
    pub async fn convert(&self, id: SubmissionId) -> Result<Converted, StoreError> {
        let _one = self.one_large_row.lock().await;
        let sql = "SELECT client, language, request FROM submissions WHERE id = $1 AND request IS NOT NULL";
        let Some(row) = sqlx::query(sql).bind(id.to_string()).fetch_optional(&self.readers).await? else {
            return Ok(Converted::Yes);
        };
        let parsed =
            parse_request(row.try_get("request")?, id, row.try_get("language")?, row.try_get("client")?);
        drop(row);
        let submission = match parsed {
            Ok(submission) => submission,
            Err(why) => return Ok(Converted::Unreadable(why.to_string())),
        };
        let packer = Packer::new(self.blobs.clone());
        let submission = on_disk(move || place_contents(submission, packer)).await?;
        let stored = Stored::of(&submission)?;
        let converted = self.writer.write(move |connection| {
            Box::pin(async move {
                let sql = "UPDATE submissions SET program = $2, tests = $3, request = NULL, state = 'queued' \
                           WHERE id = $1 AND state IN ('queued', 'running') RETURNING seq";
                let update = sqlx::query_scalar(sql).bind(id.to_string());
                let update = update.bind(stored.program).bind(stored.tests);
                if let Some(seq) = update.fetch_optional(&mut *connection).await? {
                    refs::add(connection, seq, stored.refs).await?;
                }
                // Its files are claimed until the row that names them is on disk.
                Ok(submission)
            })
        });
        drop(converted.await?);
        Ok(Converted::Yes)
    }

    /// A judgement whose row is large; none where it was removed. Where less of it need be in the row, it is taken over.
    pub(super) async fn large_judgement(&self, id: SubmissionId) -> Result<Option<Judgement>, StoreError> {
        let _one = self.one_large_row.lock().await;
        let sql = "SELECT judgement FROM submissions WHERE id = $1 AND judgement IS NOT NULL";
        let Some(row) = sqlx::query(sql).bind(id.to_string()).fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        let json: Vec<u8> = row.try_get("judgement")?;
        drop(row);
        let size = json.len();
        let packer = Packer::new(self.blobs.clone());
        let taken_over = on_disk(move || take_over(id, &json, packer)).await?;
        let (judgement, Ended { judgement: json, refs, .. }) = taken_over?;
        if json.len() >= size {
            return Ok(Some(judgement));
        }
        let converted = self.writer.write(move |connection| {
            Box::pin(async move {
                let sql = "UPDATE submissions SET judgement = $2 WHERE id = $1 RETURNING seq";
                let update = sqlx::query_scalar(sql).bind(id.to_string()).bind(&json);
                if let Some(seq) = update.fetch_optional(&mut *connection).await? {
                    refs::add(connection, seq, refs).await?;
                }
                // As above, also when nobody waits for it any more.
                Ok((judgement, json))
            })
        });
        let (_claims, json) = converted.await?;
        // As everybody will see it from now on: its texts may have been cut.
        parse_judgement(&json).map(Some)
    }
}

/// A judgement as it is kept today, and its row.
fn take_over(
    id: SubmissionId,
    json: &[u8],
    packer: Packer,
) -> std::io::Result<Result<(Judgement, Ended), StoreError>> {
    let judgement = match parse_judgement(json) {
        Ok(judgement) => place_outputs(judgement, packer)?,
        Err(why) => return Ok(Err(why)),
    };
    Ok(Ended::of(id, &judgement).map(|ended| (judgement, ended)))
}

fn place_contents(mut submission: Submission, packer: Packer) -> std::io::Result<Submission> {
    let files = submission.files.values_mut();
    let tests = submission.tests.iter_mut();
    let tests = tests.flat_map(|test| std::iter::once(&mut test.input).chain(&mut test.answer));
    place(files.chain(tests), packer)?;
    Ok(submission)
}

fn place_outputs(mut judgement: Judgement, packer: Packer) -> std::io::Result<Judgement> {
    let tests = judgement.tests.iter_mut();
    place(tests.flat_map(|test| [&mut test.stdout.content, &mut test.stderr.content]), packer)?;
    Ok(judgement)
}

/// Moves bytes that are here to where they stay.
fn place<'a>(contents: impl Iterator<Item = &'a mut Content>, mut packer: Packer) -> std::io::Result<()> {
    let mut places = Vec::new();
    for content in contents {
        if let Content::Inline(bytes) = &content {
            packer.put(bytes)?;
            places.push(content);
        }
    }
    for (place, content) in places.into_iter().zip(packer.finish()?) {
        *place = content;
    }
    Ok(())
}
