//! Forms with a file, read as they come.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header::ContentDisposition;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::account::{Held, Purpose};
use crate::http::Problem;
use crate::http::body::{Arriving, Budget};
use crate::http::uploads::Place;

/// What is handed on at one time, at least, unless it is the end.
const BATCH: usize = 256 * 1024;
/// Or so many pieces, however small they are: each takes some memory itself.
const PIECES: usize = 1024;

/// Most that is read and not understood yet: a line without an end.
const BEHIND: usize = 256 * 1024;

/// How long a form waits for the memory that it needs.
const PATIENCE: Duration = Duration::from_secs(3);

/// A form.
pub(crate) struct Form {
    parts: Multipart,
    state: Rc<State>,
    /// What is read, until all that it was handed on to have written it.
    held: Arc<Held>,
}

/// What its body has come to, for those on the other side of the parser.
#[derive(Default)]
struct State {
    /// The parser may have another piece.
    allowed: Cell<bool>,
    /// It has asked for one and may not yet.
    asked: Cell<bool>,
    /// Bytes that it was given since it has last understood something.
    behind: Cell<usize>,
    /// The name of a file has begun in what it was given.
    named: Cell<bool>,
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
    /// The form's part of the account: a client that goes away does not end what is being written.
    _held: Arc<Held>,
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
    /// Reads a form up to its field `file`, which has this place among others if it is large.
    ///
    /// # Errors
    /// [`FormError`].
    pub(crate) async fn file(
        budget: &Budget,
        request: &HttpRequest,
        payload: Payload,
        place: Option<Place>,
    ) -> Result<FormFile, FormError> {
        let mut pieces = budget.arriving(request, payload).map_err(FormError::Body)?;
        if let Some(place) = place {
            pieces.take(place);
        }
        let size = pieces.most().saturating_mul(2).min((BATCH + BEHIND) as u64);
        let held = budget.account().take(Purpose::Requests, size, PATIENCE).await;
        let held = held.map_err(|_full| FormError::Body(Problem::no_room_for_request()))?;
        pieces.begin();
        let state = Rc::new(State::default());
        let body = stream::unfold((pieces, Rc::clone(&state)), |(mut pieces, state)| async {
            let piece = state.next(&mut pieces).await?;
            Some((piece, (pieces, state)))
        });
        // It is asked again after its end.
        let parts = Multipart::new(request.headers(), Box::pin(body.fuse()));
        Self { parts, state, held: Arc::new(held) }.up_to_file().await
    }

    async fn up_to_file(mut self) -> Result<FormFile, FormError> {
        loop {
            let next = self.state.of(self.parts.try_next()).await?;
            let mut field = next.ok_or(FormError::Malformed)?;
            let name = field.content_disposition().and_then(file_name).unwrap_or_default();
            if field.name() == Some("file") {
                // Whatever its name looked like, what follows is the file, which stays as it is.
                self.state.named.set(true);
                let named = !name.is_empty();
                return named.then_some(FormFile { name, field, form: self }).ok_or(FormError::Malformed);
            }
            while self.state.of(field.try_next()).await?.is_some() {}
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
        while size < BATCH && pieces.len() < PIECES {
            let piece = self.form.state.of(self.field.try_next()).await?;
            let Some(piece) = piece else { return Ok(self.batch(pieces, true)) };
            size += piece.len();
            pieces.push(piece);
        }
        Ok(self.batch(pieces, false))
    }

    fn batch(&self, pieces: Vec<Bytes>, is_last: bool) -> Batch {
        Batch { pieces, is_last, _held: Arc::clone(&self.form.held) }
    }

    /// All of it, and what it has of the account: twice its size, for it is copied once more when it goes on.
    ///
    /// # Errors
    /// [`FormError`].
    pub(crate) async fn whole(&mut self, budget: &Budget) -> Result<(Bytes, Held), FormError> {
        let mut held = budget.account().open(Purpose::Requests);
        let mut content = BytesMut::new();
        loop {
            let Batch { pieces, is_last, .. } = self.next().await?;
            let size: usize = pieces.iter().map(Bytes::len).sum();
            let grown = held.grow(2 * size as u64, PATIENCE).await;
            grown.map_err(|_full| FormError::Body(Problem::no_room_for_request()))?;
            content.reserve(size);
            pieces.iter().for_each(|piece| content.extend_from_slice(piece));
            if is_last {
                return Ok((content.freeze(), held));
            }
        }
    }
}

impl State {
    /// The next piece of the body; none at its end. Only when the parser can do nothing with what it has: it would take all that
    /// is there.
    async fn next(&self, pieces: &mut Arriving) -> Option<Result<Bytes, PayloadError>> {
        poll_fn(|_| {
            self.asked.set(!self.allowed.get());
            if self.allowed.get() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        let piece = pieces.next().await;
        self.allowed.set(false);
        match piece {
            Ok(Some(piece)) => {
                let piece = if self.named.get() { piece } else { self.legible(piece) };
                self.behind.set(self.behind.get() + piece.len());
                Some(Ok(piece))
            }
            Ok(None) => {
                self.ended.set(true);
                None
            }
            Err(problem) => {
                self.ended.set(true);
                *self.problem.borrow_mut() = Some(problem);
                Some(Err(PayloadError::Incomplete(None)))
            }
        }
    }

    /// The parser takes no name that is not UTF-8, and go-judge any: such a one is made legible. What is before it are heads, and
    /// fields that nobody looks at.
    fn legible(&self, piece: Bytes) -> Bytes {
        const KEY: &[u8] = b"filename";
        // Or `filename*=`, which is ASCII: of what is behind it nothing is to be changed either.
        let is_key = |bytes: &[u8]| bytes.starts_with(KEY) && matches!(bytes.last(), Some(b'=' | b'*'));
        let Some(key) = piece.windows(KEY.len() + 1).position(is_key) else { return piece };
        self.named.set(true);
        let Some(line) = piece[key..].iter().position(|byte| *byte == b'\n') else { return piece };
        let (head, rest) = piece.split_at(key + line);
        match std::str::from_utf8(head) {
            Ok(_) => piece,
            Err(_) => [String::from_utf8_lossy(head).as_bytes(), rest].concat().into(),
        }
    }

    /// What the parser says. Where it waits for more of a body that has ended, or has too much that it does not understand, there
    /// is none.
    async fn of<T>(&self, next: impl Future<Output = Result<T, MultipartError>>) -> Result<T, FormError> {
        self.behind.set(0);
        let mut next = pin!(next);
        let parsed = poll_fn(|cx| {
            let mut knows_the_end = false;
            loop {
                match next.as_mut().poll(cx) {
                    Poll::Ready(parsed) => return Poll::Ready(Some(parsed)),
                    Poll::Pending if self.asked.replace(false) => {
                        if self.behind.get() > BEHIND {
                            return Poll::Ready(None);
                        }
                        self.allowed.set(true);
                    }
                    Poll::Pending if !self.ended.get() => return Poll::Pending,
                    Poll::Pending if knows_the_end => return Poll::Ready(None),
                    // It has just learned that: once more it may find what there is.
                    Poll::Pending => knows_the_end = true,
                }
            }
        });
        parsed.await.ok_or(FormError::Malformed)?.map_err(|_| self.error())
    }

    fn error(&self) -> FormError {
        self.problem.borrow_mut().take().map_or(FormError::Malformed, FormError::Body)
    }
}

/// The last part of the name that a form gives, which may be written in either of two ways; in both, the second says more.
fn file_name(disposition: &ContentDisposition) -> Option<String> {
    let extended =
        disposition.get_filename_ext().map(|name| String::from_utf8_lossy(&name.value).into_owned());
    let name = extended.or_else(|| disposition.get_filename().map(str::to_owned))?;
    name.trim_end_matches('/').rsplit('/').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use actix_web::FromRequest as _;
    use actix_web::dev::Payload as Raw;
    use actix_web::test::TestRequest;
    use futures_util::FutureExt as _;
    use gavel_protocol::Bytes as Size;

    use super::*;
    use crate::account::Account;

    /// A form whose pieces are all there at once.
    async fn form(pieces: Vec<Bytes>) -> Result<FormFile, FormError> {
        form_on(&Account::new(Size::mib(64)), pieces).await
    }

    async fn form_on(account: &Account, pieces: Vec<Bytes>) -> Result<FormFile, FormError> {
        let length: usize = pieces.iter().map(Bytes::len).sum();
        let request = TestRequest::post()
            .insert_header(("content-type", "multipart/form-data; boundary=edge"))
            .insert_header(("content-length", length.to_string()))
            .to_http_request();
        let body = stream::iter(pieces.into_iter().map(Ok)).boxed_local();
        let mut raw = Raw::Stream { payload: body };
        let payload = Payload::from_request(&request, &mut raw).await.unwrap();
        let budget = Budget::new(account.clone(), 32 << 20);
        Form::file(&budget, &request, payload, None).await
    }

    const HEAD: &str = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";

    #[actix_web::test]
    async fn a_file_is_taken_however_much_of_it_is_there_at_once() {
        let piece = Bytes::from(vec![b'\r'; 128 << 10]);
        let mut pieces = vec![Bytes::from([HEAD.as_bytes(), &piece].concat())];
        pieces.extend(std::iter::repeat_n(piece, 20));
        pieces.push(Bytes::from_static(b"\r\n--edge--\r\n"));
        let mut file = form(pieces).await.unwrap();
        let mut size = 0;
        loop {
            let batch = file.next().await.unwrap();
            let came: usize = batch.pieces.iter().map(Bytes::len).sum();
            assert!(came < BATCH + BEHIND, "{came} at once");
            size += came;
            if batch.is_last {
                break;
            }
        }
        assert_eq!(size, 21 * (128 << 10));
    }

    #[actix_web::test]
    async fn of_small_pieces_a_bounded_number_is_taken_at_one_time() {
        let mut pieces = vec![Bytes::from_static(HEAD.as_bytes())];
        pieces.extend(vec![Bytes::from_static(b"x"); 5000]);
        pieces.push(Bytes::from_static(b"\r\n--edge--\r\n"));
        let mut file = form(pieces).await.unwrap();
        let (mut size, mut is_last) = (0, false);
        while !is_last {
            let batch = file.next().await.unwrap();
            assert!(batch.pieces.len() <= PIECES);
            size += batch.pieces.iter().map(Bytes::len).sum::<usize>();
            is_last = batch.is_last;
        }
        assert_eq!(size, 5000);
    }

    #[actix_web::test]
    async fn a_name_that_is_not_utf_8_is_one_and_what_is_in_the_file_stays() {
        let other = b"--edge\r\nContent-Disposition: form-data; name=\"filename\"\r\n\r\n\xff\r\n";
        let head = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"";
        let start = [&other[..], head].concat();
        let rest = b"\"\r\n\r\nfilename=\xb2\xe2\n\r\n--edge--\r\n";
        let named = |name: &[u8]| [&start[..], name, &rest[..]].concat();
        let names = [(&b"\xb2\xe2.txt"[..], "\u{fffd}\u{fffd}.txt"), ("é.txt".as_bytes(), "é.txt")];
        for (name, expected) in names {
            let mut file = form(vec![named(name).into()]).await.unwrap();
            assert_eq!(file.name, expected);
            let content: Vec<u8> =
                file.next().await.unwrap().pieces.iter().flat_map(|piece| piece.to_vec()).collect();
            assert_eq!(content, b"filename=\xb2\xe2\n");
        }
        let other_form = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''a";
        let rest = b"\r\n\r\n\xb2 filename=\n\r\n--edge--\r\n";
        let mut file = form(vec![[&other_form[..], rest].concat().into()]).await.unwrap();
        assert_eq!(file.name, "a");
        let content: Vec<u8> =
            file.next().await.unwrap().pieces.iter().flat_map(|piece| piece.to_vec()).collect();
        assert_eq!(content, b"\xb2 filename=\n");
        // In two pieces, cut within a character.
        let mut first = Bytes::from(named("é.txt".as_bytes()));
        let second = first.split_off(start.len() + 1);
        assert_eq!(form(vec![first, second]).await.unwrap().name, "é.txt");
    }

    #[actix_web::test]
    async fn a_form_that_waits_for_its_part_holds_nothing() {
        let account = Account::new(Size::mib(64));
        let others = || account.try_take(Purpose::Requests, 100 << 10).ok();
        let others: Vec<_> = std::iter::from_fn(others).collect();
        let held = account.held();
        let mut waiting = Box::pin(form_on(&account, vec![Bytes::from(vec![b'x'; 1 << 20])]));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert_eq!(account.held(), held);
        drop(others);
        assert!(waiting.await.is_err(), "it is read, and is none");
    }

    #[actix_web::test]
    async fn what_is_still_written_of_a_form_whose_client_has_gone_counts() {
        let account = Account::new(Size::mib(64));
        let pieces = vec![Bytes::from([HEAD.as_bytes(), &[b'x'; 128 << 10], b"\r\n--edge--\r\n"].concat())];
        let mut file = form_on(&account, pieces).await.unwrap();
        let batch = file.next().await.unwrap();
        drop(file);
        assert!(account.held() > Size(0));
        drop(batch);
        assert_eq!(account.held(), Size(0));
    }

    #[actix_web::test]
    async fn a_line_without_an_end_is_none() {
        let pieces = vec![Bytes::from(vec![b'x'; 64 << 10]); 100];
        assert!(matches!(form(pieces).await, Err(FormError::Malformed)));
    }
}
