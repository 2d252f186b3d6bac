//! Leaves out of the log what the HTTP server calls an error and is none of ours: a client that sent something else than a
//! request, or went away. The former is told where it is refused.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::registry::LookupSpan;

/// Where it is logged, and how it begins. Other errors of this module are errors.
const MODULE: &str = "actix_http::h1::dispatcher";
const CLIENTS: &str = "stream error: ";

/// A format without these events.
pub(super) struct Quiet<F>(pub(super) F);

impl<S, N, F> FormatEvent<S, N> for Quiet<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if is_of_clients(event) { Ok(()) } else { self.0.format_event(context, writer, event) }
    }
}

fn is_of_clients(event: &Event<'_>) -> bool {
    let metadata = event.metadata();
    if *metadata.level() != Level::ERROR || metadata.target() != MODULE {
        return false;
    }
    let mut message = Message::default();
    event.record(&mut message);
    message.0.starts_with(CLIENTS)
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // A text takes all that is written to it.
            let _ = write!(self.0, "{value:?}");
        }
    }
}
