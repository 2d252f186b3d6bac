//! What the doctor wants to know of the Docker engine.

use bollard::models::SystemInfo;

use super::WardenError;
use super::engine::{Engine, LOOK, within};

/// The engine, and which of the images it has.
#[derive(Debug, Clone)]
pub struct EngineSurvey {
    /// Its version.
    pub version: String,
    /// The API version that was agreed on.
    pub api: String,
    /// `1` or `2`.
    pub cgroup_version: String,
    /// `cgroupfs` or `systemd`.
    pub cgroup_driver: String,
    /// It can limit memory.
    pub memory_limit: bool,
    /// It can limit swap.
    pub swap_limit: bool,
    /// It can limit processes.
    pub pids_limit: bool,
    /// Its security options: seccomp, apparmor, rootless, userns.
    pub security: Vec<String>,
    /// Its runtimes.
    pub runtimes: Vec<String>,
    /// Images that it does not have, of those asked for.
    pub missing_images: Vec<String>,
}

/// Asks the engine.
///
/// # Errors
/// When it cannot be reached, or refuses.
pub async fn survey(images: &[String]) -> Result<EngineSurvey, WardenError> {
    let engine = Engine::connect().await?;
    let info = engine.info().await?;
    let mut missing_images = Vec::new();
    for image in images {
        match within("inspect an image", LOOK, engine.docker.inspect_image(image)).await {
            Ok(_) => {}
            Err(why) if why.status() == Some(404) => missing_images.push(image.clone()),
            Err(why) => return Err(why),
        }
    }
    let SystemInfo {
        server_version,
        cgroup_version,
        cgroup_driver,
        memory_limit,
        swap_limit,
        pids_limit,
        security_options,
        runtimes,
        ..
    } = info;
    Ok(EngineSurvey {
        version: server_version.unwrap_or_default(),
        api: engine.docker.client_version().to_string(),
        cgroup_version: cgroup_version.map(|version| version.to_string()).unwrap_or_default(),
        cgroup_driver: cgroup_driver.map(|driver| driver.to_string()).unwrap_or_default(),
        memory_limit: memory_limit.unwrap_or(false),
        swap_limit: swap_limit.unwrap_or(false),
        pids_limit: pids_limit.unwrap_or(false),
        security: security_options.unwrap_or_default(),
        runtimes: runtimes.unwrap_or_default().into_keys().collect(),
        missing_images,
    })
}
