//! What is in each image that the instance has: after `scripts/test.sh languages`, of every language.

use e2e::docker::Host;

/// Prints each file that gives its caller another uid or gid.
const SET_UID: &str = "find / -xdev -type f -perm /6000; ";

/// Prints clients of the network and what fetches packages of languages, and what a package manager knows of packages that
/// are elsewhere. What dpkg has installed stays known: scanners of images look for it.
const NOT_FOR_PROGRAMS: &str = "\
    for tool in ssh scp sftp curl wget git svn hg nc telnet ftp rsync cargo rustup mvn npm pip; do command -v $tool; done; \
    find /var/lib/apt/lists /var/cache/apt -type f -size +0 ! -name lock 2>/dev/null; \
    true";

#[tokio::test]
async fn no_image_has_a_set_uid_file_a_network_tool_or_lists_of_packages() {
    let host = Host::connect().await;
    let images = host.images().await;
    assert!(images.iter().any(|image| image.starts_with("gavel/run:")), "{images:?}; set GAVEL_E2E_TAG");
    let mut found = Vec::new();
    for image in &images {
        // No program of a user's runs beside the broker, whose official image is Alpine's, with the clients of busybox.
        let rest = if image.starts_with("gavel/nats:") { "true" } else { NOT_FOR_PROGRAMS };
        let told = host.run_once(image, &format!("{SET_UID}{rest}")).await;
        found.extend(told.lines().map(|line| format!("{image}: {line}")));
    }
    assert!(found.is_empty(), "of {} images:\n{}", images.len(), found.join("\n"));
}
