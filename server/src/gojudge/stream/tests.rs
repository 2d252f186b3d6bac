use std::fs::File as OsFile;
use std::io::{Read, Write};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::super::request::Command;
use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

/// A request of one command whose descriptors are a `streamIn` for each `i` and a `streamOut` for each `o`.
fn request(descriptors: &str) -> Request {
    let file = |kind| Some(if kind == 'i' { File::StreamIn } else { File::StreamOut });
    let command = Command { files: descriptors.chars().map(file).collect(), ..Command::default() };
    Request { commands: vec![command], ..Request::default() }
}

fn of(streams: &Streams) -> CommandStreams<'_> {
    CommandStreams { streams: Some(streams), index: 0 }
}

fn place(fd: usize) -> Place {
    Place { index: 0, fd }
}

async fn next(streaming: &mut Streaming) -> Option<StreamEvent> {
    timeout(PATIENCE, streaming.next()).await.expect("nothing came")
}

#[tokio::test]
async fn a_program_whose_output_nobody_fetches_waits_in_its_write() {
    const BLOCKS: usize = 1024;
    const SIZE: usize = 4096;
    /// What a pipe holds, what waits to be fetched, what is being read, what is being written.
    const MOST: usize = 65536 + (OUTPUTS + 1) * BLOCK + SIZE;
    let written = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&written);
    let mut streaming = Streaming::start(request("o"), |_, streams, _| async move {
        let mut output = OsFile::from(of(&streams).output(0).unwrap());
        let program = spawn_blocking(move || {
            for _ in 0..BLOCKS {
                output.write_all(&[7; SIZE]).unwrap();
                counted.fetch_add(SIZE, Ordering::SeqCst);
            }
        });
        program.await.unwrap();
        Ok(Vec::new())
    });
    let mut fetched = 0;
    while let Some(StreamEvent::Output(output)) = next(&mut streaming).await {
        let ahead = written.load(Ordering::SeqCst).saturating_sub(fetched);
        assert!(ahead <= MOST, "{ahead} bytes are written and not fetched");
        fetched += output.bytes.len();
        std::thread::sleep(Duration::from_micros(200));
    }
    assert_eq!(fetched, BLOCKS * SIZE);
}

#[tokio::test]
async fn a_client_waits_while_too_much_is_unread_but_no_longer_than_the_programs_live() {
    let (end, ended) = oneshot::channel::<()>();
    let mut streaming = Streaming::start(request("i"), |_, streams, _| async move {
        let _unread = of(&streams).input(0).unwrap();
        ended.await.unwrap();
        Ok(Vec::new())
    });
    let input = streaming.input();
    let all = Bytes::from(vec![0; usize::try_from(UNREAD).unwrap()]);
    timeout(PATIENCE, input.write(place(0), all.clone())).await.unwrap().unwrap();
    let mut more = pin!(input.write(place(0), all));
    assert!((&mut more).now_or_never().is_none());
    end.send(()).unwrap();
    timeout(PATIENCE, more).await.unwrap().unwrap();
    assert!(matches!(next(&mut streaming).await, Some(StreamEvent::Ended(Ok(_)))));
    assert!(next(&mut streaming).await.is_none());
}

#[tokio::test]
async fn what_comes_before_the_program_is_kept_for_it_up_to_its_end() {
    let (start, started) = oneshot::channel::<()>();
    let mut streaming = Streaming::start(request("io"), |_, streams, _| async move {
        started.await.unwrap();
        let mut input = OsFile::from(of(&streams).input(0).unwrap());
        let mut output = OsFile::from(of(&streams).output(1).unwrap());
        let program = spawn_blocking(move || {
            let mut text = Vec::new();
            input.read_to_end(&mut text).unwrap();
            output.write_all(&text).unwrap();
        });
        program.await.unwrap();
        Ok(Vec::new())
    });
    let input = streaming.input();
    input.write(place(0), Bytes::from_static(b"kept")).await.unwrap();
    input.close(place(0)).unwrap();
    let late = input.write(place(0), Bytes::from_static(b"late")).await;
    assert_eq!(late, Err(StreamError::Closed(place(0))));
    assert_eq!(input.resize(place(0), TerminalSize::default()), Err(StreamError::NoTerminal(place(0))));
    assert_eq!(input.close(place(1)), Err(StreamError::NoInput(place(1))));
    start.send(()).unwrap();
    let Some(StreamEvent::Output(output)) = next(&mut streaming).await else { panic!("no output") };
    assert_eq!(output, StreamOutput { place: place(1), bytes: Bytes::from_static(b"kept") });
    assert!(matches!(next(&mut streaming).await, Some(StreamEvent::Ended(Ok(_)))));
}

#[tokio::test(start_paused = true)]
async fn an_output_that_stays_open_when_the_programs_are_dead_is_given_up() {
    let (hand_out, handed_out) = oneshot::channel();
    let mut streaming = Streaming::start(request("o"), |_, streams, _| async move {
        hand_out.send(of(&streams).output(0).unwrap()).unwrap();
        Ok(Vec::new())
    });
    let _open = handed_out.await.unwrap();
    assert!(matches!(streaming.next().await, Some(StreamEvent::Ended(Ok(_)))));
}

#[tokio::test]
async fn who_drops_a_stream_cancels_it() {
    let (tell, told) = oneshot::channel();
    let streaming = Streaming::start(request(""), |_, _streams, cancel| async move {
        cancel.cancelled().await;
        tell.send(()).unwrap();
        Ok(Vec::new())
    });
    drop(streaming);
    timeout(PATIENCE, told).await.unwrap().unwrap();
}
