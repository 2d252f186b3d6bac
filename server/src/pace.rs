//! How long clients may take to send and to be sent something: what is kept for them meanwhile is kept from others.

use std::time::Duration;

/// Any request has so long to come, however small.
pub(crate) const TO_SEND: Duration = Duration::from_secs(10);

/// Where somebody else lacks room a request has so long before it must go on at a pace.
pub(crate) const TO_SEND_IN_THE_WAY: Duration = Duration::from_secs(2);

/// Any answer has so long to be taken, however small; and so has a message among others to come.
pub(crate) const TO_TAKE: Duration = Duration::from_secs(60);

/// Beyond that it must go on at this pace.
const BYTES_PER_SECOND: u64 = 64 * 1024;

/// The time for so many bytes, with the time that anything has.
pub(crate) fn time_for(bytes: u64, least: Duration) -> Duration {
    least + Duration::from_secs(bytes / BYTES_PER_SECOND)
}
