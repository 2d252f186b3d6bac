//! Looks again and again which images there are: one that somebody builds while the service runs is noticed within seconds.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::bank::Bank;
use super::state::Listed;
use crate::sandbox::warden_client::{WardenClient, no_image};
use crate::slots::Kind;

/// How often the engine's list is looked at.
const EVERY: Duration = Duration::from_secs(2);

/// Watches the images of all profiles, for ever.
pub(super) async fn watch(warden: WardenClient, banks: BTreeMap<Kind, Arc<Bank>>) {
    let mut news = true;
    loop {
        match warden.images().await {
            Ok(found) => {
                news = true;
                for state in found {
                    let missing = no_image(&state.image);
                    let found = state.id.map_or(Listed::Nothing, |id| Listed::Image(id.into()));
                    note(&banks, &state.profile, &found, &missing);
                }
            }
            Err(error) => {
                // An engine that is away is told by those who need it.
                if std::mem::take(&mut news) {
                    tracing::warn!(%error, "the images could not be looked up; trying again");
                }
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn note(banks: &BTreeMap<Kind, Arc<Bank>>, profile: &str, found: &Listed, missing: &str) {
    for bank in banks.values() {
        if let Some(position) = bank.named(profile) {
            bank.look_up(position, found.clone(), missing.to_owned());
        }
    }
}
