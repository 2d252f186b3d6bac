//! Which images of the profiles there are: one look at the engine's list, however many profiles there are.

use std::collections::BTreeMap;

use bollard::models::ImageSummary;
use bollard::query_parameters::ListImagesOptionsBuilder;

use super::WardenError;
use super::engine::{Engine, LOOK, within};
use crate::slots::{ImageState, Profiles};

/// The image of each profile, as its name stands for now.
pub(super) async fn list(engine: &Engine, profiles: &Profiles) -> Result<Vec<ImageState>, WardenError> {
    let options = ListImagesOptionsBuilder::default().build();
    let found = within("list images", LOOK, engine.docker.list_images(Some(options))).await?;
    let known = by_name(&found);
    let mut images = Vec::new();
    for spec in profiles.iter() {
        let (profile, image) = (spec.profile.to_string(), spec.image.clone());
        let id = match known.get(full_name(&image).as_str()) {
            Some(id) => Some((*id).to_owned()),
            None => inspect(engine, &image).await?,
        };
        images.push(ImageState { profile, image, id });
    }
    Ok(images)
}

/// An image that goes by another name than those in the list: by a digest, an id, or from a registry whose name is as the engine has it.
async fn inspect(engine: &Engine, image: &str) -> Result<Option<String>, WardenError> {
    let is_plain = image.matches('/').count() <= 1 && !image.contains('@') && image.contains(':');
    if is_plain {
        return Ok(None);
    }
    match within("inspect an image", LOOK, engine.docker.inspect_image(image)).await {
        Err(error) if error.status() == Some(404) => Ok(None),
        found => Ok(found?.id),
    }
}

fn by_name<'a>(found: &'a [ImageSummary]) -> BTreeMap<&'a str, &'a str> {
    let names = |image: &'a ImageSummary| {
        let ImageSummary { id, repo_tags, .. } = image;
        repo_tags.iter().map(move |name| (name.as_str(), id.as_str()))
    };
    found.iter().flat_map(names).collect()
}

/// As the engine lists it: with a tag, and without what stands for the usual registry.
fn full_name(image: &str) -> String {
    let hub =
        ["docker.io/", "index.docker.io/"].into_iter().find_map(|registry| image.strip_prefix(registry));
    let image = hub.unwrap_or(image);
    let image = image.strip_prefix("library/").filter(|name| !name.contains('/')).unwrap_or(image);
    let last = image.rsplit('/').next().unwrap_or(image);
    if last.contains([':', '@']) { image.to_owned() } else { format!("{image}:latest") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_a_tag_is_the_latest() {
        assert_eq!(full_name("our/fpc"), "our/fpc:latest");
        assert_eq!(full_name("host:5000/our/fpc"), "host:5000/our/fpc:latest");
        assert_eq!(full_name("docker.io/ubuntu"), "ubuntu:latest");
        assert_eq!(full_name("library/ubuntu:24.04"), "ubuntu:24.04");
        assert_eq!(full_name("ghcr.io/library/ubuntu:24.04"), "ghcr.io/library/ubuntu:24.04");
        assert_eq!(full_name("docker.io/library/ubuntu:24.04"), "ubuntu:24.04");
        assert_eq!(full_name("index.docker.io/our/fpc:3.2"), "our/fpc:3.2");
        for whole in ["our/fpc:3.2", "host:5000/fpc:1", "fpc@sha256:12ab"] {
            assert_eq!(full_name(whole), whole);
        }
    }

    #[test]
    fn an_image_is_known_by_each_of_its_names() {
        let image = |id: &str, names: &[&str]| ImageSummary {
            id: id.to_owned(),
            repo_tags: names.iter().map(|name| (*name).to_owned()).collect(),
            ..ImageSummary::default()
        };
        let found =
            [image("sha256:1", &["a:1", "a:latest"]), image("sha256:2", &["b:1"]), image("sha256:3", &[])];
        let known = by_name(&found);
        assert_eq!((known.get("a:latest"), known.get("b:1")), (Some(&"sha256:1"), Some(&"sha256:2")));
        assert_eq!(known.len(), 3);
    }
}
