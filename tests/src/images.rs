//! Some of the service's images under a tag of their own: for a machine that has not all of them.

use bollard::query_parameters::{RemoveImageOptions, TagImageOptionsBuilder};

use crate::docker::{Host, after_a_failure, done};
use crate::environment;

/// A tag. One that is dropped is removed.
#[derive(Debug)]
pub struct Tag {
    tag: String,
    images: Vec<String>,
    removed: bool,
}

impl Tag {
    /// Gives these images of the service under test (`run`, `gcc`, …) this tag, too.
    ///
    /// # Panics
    /// When the engine refuses.
    pub async fn give(tag: &str, images: &[&str]) -> Self {
        let host = Host::connect().await;
        let mut this = Self { tag: tag.to_owned(), images: Vec::new(), removed: false };
        for image in images {
            let options = TagImageOptionsBuilder::new().repo(&format!("gavel/{image}")).tag(tag).build();
            let from = format!("gavel/{image}:{}", environment::image_tag());
            done(host.docker().tag_image(&from, Some(options)).await);
            this.images.push(format!("gavel/{image}:{tag}"));
        }
        this
    }

    /// What it is.
    pub fn name(&self) -> &str {
        &self.tag
    }

    /// Takes it away. The images stay.
    pub async fn remove(mut self) {
        remove(&Host::connect().await, &self.images).await;
        self.removed = true;
    }
}

impl Drop for Tag {
    /// After a test that failed.
    fn drop(&mut self) {
        if !self.removed {
            let images = std::mem::take(&mut self.images);
            after_a_failure(&self.tag, async |host| remove(&host, &images).await);
        }
    }
}

async fn remove(host: &Host, images: &[String]) {
    for image in images {
        done(host.docker().remove_image(image, None::<RemoveImageOptions>, None).await);
    }
}
