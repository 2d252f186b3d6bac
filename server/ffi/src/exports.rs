//! The exported functions. No panic and no error crosses into C: each tells of a failure by its return value, and
//! [`LastError`] says why. What is returned is made with `malloc`, since go-judge's callers free it with `free`.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::{Arc, PoisonError, RwLock};

use crate::client::{Client, InitError, refused};

static CLIENT: RwLock<Option<Arc<Client>>> = RwLock::new(None);

thread_local! {
    /// Why the last call of this thread failed.
    static LAST_ERROR: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// `Init`: the parameter makes no sense.
const BAD_PARAMETER: c_int = -1;
/// `Init`: the server does not answer, or refuses us.
const NO_SERVER: c_int = -2;
/// `FileGet`: there is no such file.
const NO_FILE: c_int = -1;
/// `FileGet`: anything else.
const FAILED: c_int = -2;

/// Connects to a server; 0, or a negative number.
///
/// # Safety
/// `parameter` must be NULL or point to a string that ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn Init(parameter: *const c_char) -> c_int {
    guarded(NO_SERVER, || {
        // SAFETY: as the caller promises.
        let Some(parameter) = (unsafe { text(parameter) }) else { return failed(BAD_PARAMETER, NOT_TEXT) };
        match Client::new(parameter) {
            Ok(client) => {
                *CLIENT.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(client));
                0
            }
            Err(InitError::Parameter(why)) => failed(BAD_PARAMETER, why),
            Err(InitError::Server(why)) => failed(NO_SERVER, why),
        }
    })
}

/// Runs a request; the answer, to be freed. NULL only without memory or with an argument that is no text.
///
/// # Safety
/// `request` must be NULL or point to a string that ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn Exec(request: *const c_char) -> *mut c_char {
    guarded(ptr::null_mut(), || {
        // SAFETY: as the caller promises.
        let Some(request) = (unsafe { text(request) }) else { return failed(ptr::null_mut(), NOT_TEXT) };
        match client() {
            Some(client) => given(&client.exec(request)),
            None => given(&refused("", NOT_INITIALISED)),
        }
    })
}

/// Lists the stored files: their number, and two arrays of so many strings, all to be freed.
///
/// # Safety
/// `ids` and `names` must be NULL or point to a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn FileList(ids: *mut *mut *mut c_char, names: *mut *mut *mut c_char) -> usize {
    guarded(0, || {
        for place in [ids, names] {
            if place.is_null() {
                return failed(0, "FileList needs a place for the ids and one for the names");
            }
            // SAFETY: it is not NULL, so there is a place for a pointer, as the caller promises.
            unsafe { place.write(ptr::null_mut()) };
        }
        let Some(client) = client() else { return failed(0, NOT_INITIALISED) };
        let files = match client.list() {
            Ok(files) => files,
            Err(why) => return failed(0, why),
        };
        let arrays = (Strings::copied(files.keys()), Strings::copied(files.values()));
        let (Some(id_array), Some(name_array)) = arrays else { return failed(0, NO_MEMORY) };
        // SAFETY: as above.
        unsafe { ids.write(id_array.into_c()) };
        // SAFETY: as above.
        unsafe { names.write(name_array.into_c()) };
        files.len()
    })
}

/// Stores a file; its id, to be freed, or NULL.
///
/// # Safety
/// `content` must be NULL or point to `length` bytes; `name` must be NULL or point to a string that ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn FileAdd(content: *const c_char, length: c_int, name: *const c_char) -> *mut c_char {
    guarded(ptr::null_mut(), || {
        let content = match (content.is_null(), usize::try_from(length)) {
            (_, Ok(0)) => &[],
            // SAFETY: as the caller promises; nobody changes them meanwhile.
            (false, Ok(length)) => unsafe { std::slice::from_raw_parts(content.cast::<u8>(), length) },
            _ => return failed(ptr::null_mut(), "the content is NULL, or its length negative"),
        };
        // SAFETY: as the caller promises.
        let Some(name) = (unsafe { text(name) }) else { return failed(ptr::null_mut(), NOT_TEXT) };
        let Some(client) = client() else { return failed(ptr::null_mut(), NOT_INITIALISED) };
        match client.add(name, content) {
            Ok(id) => given(&id),
            Err(why) => failed(ptr::null_mut(), why),
        }
    })
}

/// Reads a stored file: its length, and its bytes, to be freed; or a negative number.
///
/// # Safety
/// `id` must be NULL or point to a string that ends with a NUL; `content` must be NULL or point to a place for a
/// pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn FileGet(id: *const c_char, content: *mut *mut c_char) -> c_int {
    guarded(FAILED, || {
        if content.is_null() {
            return failed(FAILED, "FileGet needs a place for the content");
        }
        // SAFETY: it is not NULL, so there is a place for a pointer, as the caller promises.
        unsafe { content.write(ptr::null_mut()) };
        // SAFETY: as the caller promises.
        let Some(id) = (unsafe { text(id) }) else { return failed(FAILED, NOT_TEXT) };
        let Some(client) = client() else { return failed(FAILED, NOT_INITIALISED) };
        let bytes = match client.get(id) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return failed(NO_FILE, format!("there is no file {id}")),
            Err(why) => return failed(FAILED, why),
        };
        let Ok(length) = c_int::try_from(bytes.len()) else {
            return failed(FAILED, "the file is larger than an int can say");
        };
        let Some(copy) = copied(&bytes) else { return failed(FAILED, NO_MEMORY) };
        // SAFETY: as above.
        unsafe { content.write(copy) };
        length
    })
}

/// Removes a stored file: 1, or 0 when it failed.
///
/// # Safety
/// `id` must be NULL or point to a string that ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn FileDelete(id: *const c_char) -> c_int {
    guarded(0, || {
        // SAFETY: as the caller promises.
        let Some(id) = (unsafe { text(id) }) else { return failed(0, NOT_TEXT) };
        let Some(client) = client() else { return failed(0, NOT_INITIALISED) };
        match client.delete(id) {
            Ok(true) => 1,
            Ok(false) => failed(0, format!("there is no file {id}")),
            Err(why) => failed(0, why),
        }
    })
}

/// Why the last call of this thread failed, to be freed; NULL if it did not.
#[unsafe(no_mangle)]
pub extern "C" fn LastError() -> *mut c_char {
    let told = catch_unwind(|| LAST_ERROR.with_borrow(|error| error.as_deref().and_then(copied_text)));
    told.ok().flatten().unwrap_or(ptr::null_mut())
}

/// Frees what another function returned; as `free`, for callers that have another one.
///
/// # Safety
/// `pointer` must be NULL or come from this library, and not be freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn Free(pointer: *mut c_void) {
    // SAFETY: everything that is handed out was made with malloc.
    unsafe { libc::free(pointer) }
}

const NOT_TEXT: &str = "an argument is NULL or not UTF-8";
const NOT_INITIALISED: &str = "Init has not been called, or has failed";
const NO_MEMORY: &str = "there is no memory left";
const BUG: &str = "a bug in gavel-ffi: the call was given up";

/// Runs a function's body; a panic in it becomes `otherwise`.
fn guarded<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    note(None);
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_panic| failed(otherwise, BUG))
}

/// Notes why, and returns what tells C that it failed.
fn failed<T>(value: T, why: impl Into<String>) -> T {
    note(Some(why.into()));
    value
}

fn note(error: Option<String>) {
    // Only fails while the thread is being taken down: nobody asks any more.
    let _gone = LAST_ERROR.try_with(|last| last.replace(error));
}

fn client() -> Option<Arc<Client>> {
    CLIENT.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// # Safety
/// The pointer must be NULL or point to a string that ends with a NUL and does not change while it is used.
unsafe fn text<'a>(pointer: *const c_char) -> Option<&'a str> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: it is not NULL; the rest is the caller's promise.
    unsafe { CStr::from_ptr(pointer) }.to_str().ok()
}

/// A copy for C; NULL without memory.
fn given(text: &str) -> *mut c_char {
    copied_text(text).unwrap_or_else(|| failed(ptr::null_mut(), NO_MEMORY))
}

/// A copy that ends with a NUL. One inside would cut the text short: it is left out.
fn copied_text(text: &str) -> Option<*mut c_char> {
    let bytes: Vec<u8> = text.bytes().filter(|byte| *byte != 0).chain([0]).collect();
    copied(&bytes)
}

/// A copy in memory of `malloc`'s; never NULL, also when there is nothing to copy.
fn copied(bytes: &[u8]) -> Option<*mut c_char> {
    let place = allocated::<u8>(bytes.len())?;
    // SAFETY: the place has just been made, for so many bytes.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), place, bytes.len()) };
    Some(place.cast())
}

/// An array of texts for C, all of it freed unless C takes it.
struct Strings {
    array: *mut *mut c_char,
    copies: Vec<*mut c_char>,
}

impl Strings {
    /// `None` = there is no memory.
    fn copied<'a>(texts: impl ExactSizeIterator<Item = &'a String>) -> Option<Self> {
        let count = texts.len();
        let mut strings = Self { array: allocated(count)?, copies: Vec::with_capacity(count) };
        for text in texts {
            strings.copies.push(copied_text(text)?);
        }
        Some(strings)
    }

    fn into_c(mut self) -> *mut *mut c_char {
        let copies = std::mem::take(&mut self.copies);
        // SAFETY: the array was made for just so many pointers.
        unsafe { ptr::copy_nonoverlapping(copies.as_ptr(), self.array, copies.len()) };
        std::mem::replace(&mut self.array, ptr::null_mut())
    }
}

impl Drop for Strings {
    fn drop(&mut self) {
        let copies = self.copies.drain(..).map(<*mut c_char>::cast);
        for place in copies.chain([self.array.cast()]) {
            // SAFETY: it is NULL or was made with malloc, and nobody else has it.
            unsafe { libc::free(place) };
        }
    }
}

/// Room for so many of something.
fn allocated<T>(count: usize) -> Option<*mut T> {
    let size = count.checked_mul(size_of::<T>())?.max(1);
    // SAFETY: malloc may be called with any size.
    let place = unsafe { libc::malloc(size) }.cast::<T>();
    (!place.is_null()).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last_error() -> Option<String> {
        let pointer = LastError();
        if pointer.is_null() {
            return None;
        }
        // SAFETY: LastError has just made it, and it ends with a NUL.
        let told = unsafe { CStr::from_ptr(pointer) }.to_str().unwrap().to_owned();
        // SAFETY: it is not used any more.
        unsafe { Free(pointer.cast()) };
        Some(told)
    }

    #[test]
    fn a_panic_ends_at_the_boundary() {
        assert_eq!(guarded(FAILED, || panic!("this one is meant")), FAILED);
        assert_eq!(last_error().as_deref(), Some(BUG));
        assert_eq!(guarded(0, || 7), 7);
        assert_eq!(last_error(), None);
    }

    #[test]
    fn errors_belong_to_the_thread_that_made_them() {
        assert_eq!(failed(1, "mine"), 1);
        std::thread::spawn(|| assert_eq!(last_error(), None)).join().unwrap();
        assert_eq!(last_error().as_deref(), Some("mine"));
    }
}
