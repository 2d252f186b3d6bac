//! The standard health service: can commands be run?

use std::sync::Arc;
use std::time::Duration;

use gavel_rpc::executor_server;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::{Health, HealthServer};

use crate::operations::Operations;
use crate::readiness;
use crate::slots::Profile;

/// How often the sandboxes are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The service, and what keeps it true while it is polled. It answers for the whole server (the empty name) and for
/// `pb.Executor` alike.
pub(super) fn service(
    operations: Arc<dyn Operations>,
) -> (HealthServer<impl Health>, impl Future<Output = ()>) {
    let (reporter, server) = tonic_health::server::health_reporter();
    let watch = async move {
        loop {
            let status = status(&*operations);
            for name in ["", executor_server::SERVICE_NAME] {
                reporter.set_service_status(name, status).await;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    (server.max_decoding_message_size(super::SMALL), watch)
}

fn status(operations: &dyn Operations) -> ServingStatus {
    let profiles = operations.status().profiles;
    let mut commands = profiles.iter().filter(|profile| profile.profile == Profile::Command);
    if commands.all(|profile| readiness::not_up(profile).is_none()) {
        ServingStatus::Serving
    } else {
        ServingStatus::NotServing
    }
}
