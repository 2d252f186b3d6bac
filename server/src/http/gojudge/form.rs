//! Forms with a file, read as they come.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header::ContentDisposition;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::account::{Full, Held, Purpose};
use crate::http::Problem;
use crate::http::body::{Arriving, Budget};

/// What is handed on at one time, at least, unless it is the end.
const BATCH: usize = 256 * 1024;

/// Most that is read and not understood yet: a line without an end.
const BEHIND: usize = 256 * 1024;

/// How long a form waits for the memory that it needs.
const PATIENCE: Duration = Duration::from_secs(3);

/// A form.
pub(crate) struct Form {
    parts: Multipart,
    state: Rc<State>,
    /// What is read and not handed on.
    _held: Held,
}

/// What its body has come to, for those on the other side of the parser.
#[derive(Default)]
struct State {
    /// Bytes that were read since some were last handed on.
    behind: Cell<usize>,
    /// All of it was read.
    ended: Cell<bool>,
    problem: RefCell<Option<Problem>>,
}

/// The field `file` of a form.
pub(crate) struct FormFile {
    pub(crate) name: String,
    field: Field,
    form: Form,
}

/// Some of a file.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) pieces: Vec<Bytes>,
    /// It is the last.
    pub(crate) is_last: bool,
}

/// Why there is no file.
#[derive(Debug)]
pub(crate) enum FormError {
    /// The form is none, or has no such field with a name. go-judge does not tell what is wrong either.
    Malformed,
    /// As of any other body.
    Body(Problem),
}

impl Form {
    /// Reads a form up to its field `file`.
    ///
    /// # Errors
    /// [`FormError`].
    pub(crate) async fn file(
        budget: &Budget,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<FormFile, FormError> {
        let pieces = budget.arriving(request, payload).map_err(FormError::Body)?;
        let size = pieces.most().saturating_mul(2).min((BATCH + BEHIND) as u64);
        let held = budget.account().take(Purpose::Requests, size, PATIENCE).await;
        let held = held.map_err(|full| FormError::Body(too_many(full)))?;
        let state = Rc::new(State::default());
        let body = stream::unfold((pieces, Rc::clone(&state)), |(mut pieces, state)| async {
            let piece = state.next(&mut pieces).await?;
            Some((piece, (pieces, state)))
        });
        // It is asked again after its end.
        let parts = Multipart::new(request.headers(), Box::pin(body.fuse()));
        Self { parts, state, _held: held }.up_to_file().await
    }

    async fn up_to_file(mut self) -> Result<FormFile, FormError> {
        loop {
            let next = self.state.of(self.parts.try_next()).await?;
            let mut field = next.ok_or(FormError::Malformed)?;
            let name = field.content_disposition().and_then(file_name).unwrap_or_default();
            if field.name() == Some("file") {
                let named = !name.is_empty();
                return named.then_some(FormFile { name, field, form: self }).ok_or(FormError::Malformed);
            }
            while self.state.of(field.try_next()).await?.is_some() {
                self.state.behind.set(0);
            }
        }
    }
}

impl FormFile {
    /// What comes next of it.
    ///
    /// # Errors
    /// [`FormError`].
    pub(crate) async fn next(&mut self) -> Result<Batch, FormError> {
        let (mut pieces, mut size) = (Vec::new(), 0);
        while size < BATCH {
            let piece = self.form.state.of(self.field.try_next()).await?;
            let Some(piece) = piece else { return Ok(Batch { pieces, is_last: true }) };
            self.form.state.behind.set(0);
            size += piece.len();
            pieces.push(piece);
        }
        Ok(Batch { pieces, is_last: false })
    }

    /// All of it, and what it has of the account: twice its size, for it is copied once more when it goes on.
    ///
    /// # Errors
    /// [`FormError`].
    pub(crate) async fn whole(&mut self, budget: &Budget) -> Result<(Bytes, Held), FormError> {
        let mut held = budget.account().open(Purpose::Requests);
        let mut content = BytesMut::new();
        loop {
            let Batch { pieces, is_last } = self.next().await?;
            let size: usize = pieces.iter().map(Bytes::len).sum();
            let grown = held.grow(2 * size as u64, PATIENCE).await;
            grown.map_err(|full| FormError::Body(too_many(full)))?;
            content.reserve(size);
            pieces.iter().for_each(|piece| content.extend_from_slice(piece));
            if is_last {
                return Ok((content.freeze(), held));
            }
        }
    }
}

impl State {
    /// The next piece of the body; none at its end.
    async fn next(&self, pieces: &mut Arriving) -> Option<Result<Bytes, PayloadError>> {
        let piece = match pieces.next().await {
            Ok(Some(piece)) => piece,
            Ok(None) => {
                self.ended.set(true);
                return None;
            }
            Err(problem) => {
                self.ended.set(true);
                *self.problem.borrow_mut() = Some(problem);
                return Some(Err(PayloadError::Incomplete(None)));
            }
        };
        self.behind.set(self.behind.get() + piece.len());
        let understood = self.behind.get() <= BEHIND;
        Some(understood.then_some(piece).ok_or(PayloadError::Overflow))
    }

    /// What the parser says. Where it waits for more of a body that has ended, there is none: it would wait for ever.
    async fn of<T>(&self, next: impl Future<Output = Result<T, MultipartError>>) -> Result<T, FormError> {
        let mut next = pin!(next);
        let parsed = poll_fn(|cx| {
            for _ in 0..2 {
                match next.as_mut().poll(cx) {
                    Poll::Ready(parsed) => return Poll::Ready(Some(parsed)),
                    Poll::Pending if !self.ended.get() => return Poll::Pending,
                    // It has just learned that: once more it may find what there is.
                    Poll::Pending => {}
                }
            }
            Poll::Ready(None)
        });
        parsed.await.ok_or(FormError::Malformed)?.map_err(|_| self.error())
    }

    fn error(&self) -> FormError {
        self.problem.borrow_mut().take().map_or(FormError::Malformed, FormError::Body)
    }
}

fn too_many(_: Full) -> Problem {
    Problem::Unavailable { detail: "too many uploads at once".into(), retry_after: Duration::from_secs(2) }
}

/// The last part of the name that a form gives, which may be written in either of two ways.
fn file_name(disposition: &ContentDisposition) -> Option<String> {
    let extended =
        || disposition.get_filename_ext().map(|name| String::from_utf8_lossy(&name.value).into_owned());
    let name = disposition.get_filename().map(str::to_owned).or_else(extended)?;
    name.trim_end_matches('/').rsplit('/').next().map(str::to_owned)
}
