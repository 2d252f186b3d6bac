//! Is the service able to judge, and in which languages? The pool, the store, and a self-test answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use utoipa::ToSchema;

use crate::language::{Language, Languages};
use crate::operations::Operations;
use crate::queue::{Queue, Refusal};
use crate::sandbox::{PoolStatus, ProfileStatus};
use crate::slots::Profile;
use crate::store::Store;

/// What the latest self-test of each language said.
#[derive(Debug)]
pub struct Readiness {
    languages: Mutex<BTreeMap<String, Known>>,
    probed: tokio::sync::Mutex<Option<(Instant, bool)>>,
}

/// What is known of a language.
#[derive(Debug)]
struct Known {
    /// Those whose sandboxes it needs, with the commands that make their images.
    profiles: Vec<(Profile, String)>,
    /// What its compiler says of itself.
    version: Option<String>,
    /// Of its last self-test; a language without a sample is taken to work.
    last: Option<Outcome>,
}

/// How a self-test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    Works,
    /// The sample was judged, and not accepted: so would be everybody's programs.
    Broken(String),
    /// It was not judged, as when containers are away for a while.
    Unserved(String),
}

/// How a language stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Submissions in it are judged.
    Installed,
    /// An image of it is not there.
    NotInstalled {
        /// The command that makes it.
        install: String,
    },
    /// It is there, and not served.
    Failing {
        /// Why.
        why: String,
        /// A submission would come to nothing, and is refused.
        is_refused: bool,
    },
}

/// Why nothing in a language is taken now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unserved {
    /// It cannot be judged before somebody installs it.
    #[error("`{language}` is not installed: `{install}` installs it")]
    NotInstalled {
        /// Its id.
        language: String,
        /// The command.
        install: String,
    },
    /// It would come to nothing, unlike one in another language.
    #[error("`{language}` is not available: {why}")]
    Unavailable {
        /// Its id.
        language: String,
        /// Why.
        why: String,
    },
}

/// A look at the disk costs a write, so there is one at most in this time, however many ask.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// The answer of `/readyz`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Readiness)]
pub struct Report {
    /// A submission would be judged now, in one language at least.
    pub ready: bool,
    /// Why not.
    #[schema(required = false)]
    pub reasons: Vec<String>,
    /// What is not as it should be, and keeps nobody from being served, or some languages only.
    #[schema(required = false)]
    pub degraded: Vec<String>,
    /// Languages whose images are not there.
    #[schema(required = false)]
    pub not_installed: Vec<String>,
    /// Languages that are installed, and whose self-test has not run yet.
    #[schema(required = false)]
    pub untested: Vec<String>,
    /// The sandboxes.
    #[schema(required = false)]
    pub pool: PoolStatus,
    /// An operator has nothing new taken.
    #[schema(required = false)]
    pub draining: bool,
    /// Submissions waiting.
    #[schema(required = false)]
    pub waiting: usize,
    /// Submissions being judged.
    #[schema(required = false)]
    pub running: usize,
}

impl Readiness {
    /// Nothing is known of these languages yet.
    pub fn new(languages: &Languages) -> Self {
        let known = |language: &Language| (language.id.clone(), Known::of(language, languages));
        Self { languages: Mutex::new(languages.iter().map(known).collect()), probed: Default::default() }
    }

    /// Takes over what a self-test found; true if that is news.
    pub fn note(&self, language: &str, outcome: Outcome) -> bool {
        let mut languages = self.languages();
        let Some(known) = languages.get_mut(language) else { return false };
        let news = known.last.as_ref() != Some(&outcome);
        known.last = Some(outcome);
        news
    }

    /// Takes over what a language's compiler says of itself.
    pub fn note_version(&self, language: &str, version: Option<String>) {
        if let Some(known) = self.languages().get_mut(language) {
            known.version = version;
        }
    }

    /// How a language stands, and its version where that is known. A submission would come to nothing where an image is
    /// missing, or where what the sample does is wrong. What may be over in a moment refuses nobody: submissions wait.
    pub fn standing(&self, language: &str, pool: &PoolStatus) -> Option<(Standing, Option<String>)> {
        let languages = self.languages();
        let known = languages.get(language)?;
        Some((known.standing(language, pool), known.version.clone()))
    }

    /// Sees that submissions in this language are judged, or will be in a moment.
    ///
    /// # Errors
    /// Why they are not.
    pub fn check(&self, language: &str, pool: &PoolStatus) -> Result<(), Unserved> {
        let standing = self.standing(language, pool);
        let language = language.to_owned();
        match standing.map(|(standing, _version)| standing) {
            Some(Standing::NotInstalled { install }) => Err(Unserved::NotInstalled { language, install }),
            Some(Standing::Failing { why, is_refused: true }) => Err(Unserved::Unavailable { language, why }),
            Some(Standing::Installed | Standing::Failing { is_refused: false, .. }) | None => Ok(()),
        }
    }

    /// How the service stands now.
    pub async fn report(&self, queue: &Queue, store: &Store, operations: &dyn Operations) -> Report {
        let mut reasons = Vec::new();
        if queue.is_closing() {
            reasons.push("the server is stopping".into());
        }
        let draining = queue.is_draining();
        if draining {
            reasons.push(Refusal::Draining.to_string());
        }
        if !self.is_writable(store).await {
            reasons.push("the store is not writable".into());
        }
        let pool = operations.status();
        let (more, degraded) = self.judge(&pool);
        reasons.extend(more);
        let (waiting, running) = queue.depth();
        let not_installed = self.such(|known| known.missing(&pool).is_some());
        let untested = self.such(|known| known.last.is_none() && known.missing(&pool).is_none());
        let ready = reasons.is_empty();
        Report { ready, reasons, degraded, not_installed, untested, pool, draining, waiting, running }
    }

    /// Languages of which this is so.
    fn such(&self, is_so: impl Fn(&Known) -> bool) -> Vec<String> {
        let languages = self.languages();
        languages.iter().filter(|(_, known)| is_so(known)).map(|(id, _)| id.clone()).collect()
    }

    /// What the pool and the languages say: why nobody is served, and what is worse than it should be. While one language
    /// is served, the troubles of others are no reason; that one is not installed is no trouble.
    fn judge(&self, pool: &PoolStatus) -> (Vec<String>, Vec<String>) {
        let languages = self.languages();
        let is_needed = |profile: &Profile| languages.values().any(|known| known.needs(profile));
        // What no language needs, and nobody is kept of, is made when somebody wants it: what a start of it said last is old.
        let is_other = |profile: &&ProfileStatus| !is_needed(&profile.profile) && profile.kept > 0;
        let others = pool.profiles.iter().filter(is_other);
        let mut reasons: Vec<String> = others.filter_map(not_up).collect();
        let installed: Vec<_> = languages.iter().filter(|(_, known)| known.missing(pool).is_none()).collect();
        let is_tested = |outcome: &Option<Outcome>| outcome.is_some();
        let works = |outcome: &Option<Outcome>| *outcome == Some(Outcome::Works);
        let mut outcomes = installed.iter().map(|(_, known)| &known.last);
        // One language that works is enough: a test of thirty others takes its time.
        if !outcomes.clone().any(works) && !outcomes.all(is_tested) {
            reasons.push("the self-test has not run yet".into());
        }
        if installed.is_empty() && !languages.is_empty() {
            let missing = languages.values().filter_map(|known| known.missing(pool));
            let told: BTreeSet<&str> =
                missing.filter_map(|(profile, _)| profile.problem.as_deref()).collect();
            reasons.push("no language is installed".into());
            reasons.extend(told.into_iter().map(str::to_owned));
        }
        let troubles: Vec<_> = installed.iter().map(|(id, known)| known.trouble(id, pool)).collect();
        let is_served = troubles.is_empty() || troubles.contains(&None);
        let mut told: Vec<String> = Vec::new();
        for trouble in troubles.into_iter().flatten() {
            // Languages of one toolchain have its troubles in common.
            if !told.contains(&trouble) {
                told.push(trouble);
            }
        }
        let mut degraded = pool.notes.clone();
        if is_served { &mut degraded } else { &mut reasons }.extend(told);
        (reasons, degraded)
    }

    fn languages(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        self.languages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn is_writable(&self, store: &Store) -> bool {
        let mut probed = self.probed.lock().await;
        if let Some((_, writable)) = probed.filter(|(when, _)| when.elapsed() < PROBE_EVERY) {
            return writable;
        }
        let outcome = store.probe().await;
        if let Err(why) = &outcome {
            tracing::error!(error = %why, "The store is not writable");
        }
        *probed = Some((Instant::now(), outcome.is_ok()));
        outcome.is_ok()
    }
}

impl Known {
    fn of(language: &Language, languages: &Languages) -> Self {
        let profiles = Profile::needed_by(language).map(|profile| {
            let install = languages.install(&profile);
            (profile, install)
        });
        let last = language.sample.is_none().then_some(Outcome::Works);
        Self { profiles: profiles.collect(), version: None, last }
    }

    fn needs(&self, profile: &Profile) -> bool {
        self.profiles.iter().any(|(needed, _)| needed == profile)
    }

    /// The first of its profiles whose image is missing, with the command that makes it.
    fn missing<'a>(&'a self, pool: &'a PoolStatus) -> Option<(&'a ProfileStatus, &'a str)> {
        self.profiles.iter().find_map(|(needed, install)| {
            let status = pool.profiles.iter().find(|status| status.profile == *needed)?;
            status.lacks_image().then_some((status, install.as_str()))
        })
    }

    fn standing(&self, id: &str, pool: &PoolStatus) -> Standing {
        if let Some((_, install)) = self.missing(pool) {
            return Standing::NotInstalled { install: install.to_owned() };
        }
        match self.trouble(id, pool) {
            Some(why) => Standing::Failing { why, is_refused: self.broken(id).is_some() },
            None => Standing::Installed,
        }
    }

    /// Why its programs would get wrong verdicts.
    fn broken(&self, id: &str) -> Option<String> {
        match &self.last {
            Some(Outcome::Broken(why)) => Some(format!("the self-test of {id} failed: {why}")),
            _ => None,
        }
    }

    /// Why it is not served now, also if that may be over in a moment.
    fn trouble(&self, id: &str, pool: &PoolStatus) -> Option<String> {
        let unserved = || match &self.last {
            Some(Outcome::Unserved(why)) => Some(format!("the self-test of {id} could not run: {why}")),
            _ => None,
        };
        let not_served = || self.needed(pool).find_map(not_up).or_else(|| pool.unserved.get(id).cloned());
        self.broken(id).or_else(not_served).or_else(unserved)
    }

    fn needed<'a>(&'a self, pool: &'a PoolStatus) -> impl Iterator<Item = &'a ProfileStatus> {
        pool.profiles.iter().filter(|profile| self.needs(&profile.profile))
    }
}

/// Why there is no sandbox of a profile. A moment without one, as when all are replaced, is no reason: submissions wait.
pub(crate) fn not_up(profile: &ProfileStatus) -> Option<String> {
    let up = profile.idle + profile.leased > 0;
    let being_replaced = profile.created > 0 && profile.problem.is_none();
    let not_needed = profile.kept == 0 && profile.problem.is_none();
    if up || being_replaced || not_needed {
        return None;
    }
    let why = profile.problem.as_deref().unwrap_or("the first is being made");
    Some(format!("no sandbox of profile {} is up: {why}", profile.profile))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(idle: usize, created: u64, problem: Option<&str>) -> ProfileStatus {
        ProfileStatus {
            profile: Profile::Run,
            slots: 1,
            places: 2,
            warm: 1,
            kept: 1,
            idle,
            leased: 0,
            starting: 1 - idle,
            waiting: 0,
            created,
            retired: BTreeMap::new(),
            problem: problem.map(str::to_owned),
            no_image: false,
            image: None,
        }
    }

    #[test]
    fn no_sandbox_is_a_reason_unless_they_are_just_being_replaced_or_nobody_needs_one() {
        assert_eq!(not_up(&profile(1, 1, Some("the last attempt failed"))), None);
        assert_eq!(not_up(&profile(0, 7, None)), None);
        assert_eq!(
            not_up(&profile(0, 0, None)).as_deref(),
            Some("no sandbox of profile run is up: the first is being made")
        );
        assert_eq!(
            not_up(&profile(0, 7, Some("no image"))).as_deref(),
            Some("no sandbox of profile run is up: no image")
        );
        assert_eq!(not_up(&ProfileStatus { kept: 0, ..profile(0, 0, None) }), None);
    }

    /// Two languages, each of a toolchain of its own; one has a runtime too.
    fn readiness() -> Readiness {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "[toolchains.gcc]\nimage='gcc'\n[toolchains.jdk]\nimage='gavel/jdk:1'\n[runtimes.jre]\nimage='jre'\ninstall='get a jre'\n\
            [[languages]]\nid='c'\nname='C'\nsource='a.c'\ntoolchain='gcc'\ncompile=['c']\nartefact='a'\nrun=['a']\nsample='c'\n\
            [[languages]]\nid='java'\nname='Java'\nsource='A.java'\ntoolchain='jdk'\nruntime='jre'\ncompile=['c']\nartefact='a'\n\
            run=['a']\nsample='java'";
        std::fs::write(&file, text).unwrap();
        Readiness::new(&Languages::load(file.path(), "latest").unwrap())
    }

    fn jre() -> Profile {
        Profile::Runtime("jre".into())
    }

    fn jdk() -> Profile {
        Profile::Toolchain("jdk".into())
    }

    fn pool() -> PoolStatus {
        let of = |of| ProfileStatus { profile: of, ..profile(1, 1, None) };
        let profiles = [Profile::Run, jre(), Profile::Command, Profile::Toolchain("gcc".into()), jdk()];
        PoolStatus { profiles: profiles.map(of).to_vec(), ..PoolStatus::default() }
    }

    fn both_work() -> Readiness {
        let readiness = readiness();
        assert_eq!(readiness.judge(&pool()).0, ["the self-test has not run yet"]);
        assert!(readiness.note("c", Outcome::Works));
        assert_eq!(readiness.judge(&pool()), (Vec::new(), Vec::new()), "one is enough");
        assert!(readiness.note("java", Outcome::Works));
        assert!(!readiness.note("c", Outcome::Works), "that is no news");
        assert_eq!(readiness.judge(&pool()), (Vec::new(), Vec::new()));
        readiness
    }

    #[test]
    fn a_broken_language_is_refused_and_told_and_the_others_are_served() {
        let readiness = both_work();
        readiness.note("java", Outcome::Broken("WrongAnswer".into()));
        let told = "the self-test of java failed: WrongAnswer";
        assert_eq!(readiness.judge(&pool()), (Vec::new(), vec![told.to_owned()]));
        let failing = Standing::Failing { why: told.to_owned(), is_refused: true };
        assert_eq!(readiness.standing("java", &pool()).unwrap().0, failing);
        assert_eq!(readiness.standing("c", &pool()).unwrap().0, Standing::Installed);
        readiness.note("c", Outcome::Broken("CompileError".into()));
        assert_eq!(readiness.judge(&pool()).0.len(), 2, "then nobody is served");
    }

    #[test]
    fn a_language_whose_image_is_missing_is_not_installed_and_that_is_no_trouble() {
        let readiness = both_work();
        for (missing, install) in [(jre(), "get a jre"), (jdk(), "make toolchain jdk")] {
            let mut pool = pool();
            let profile = pool.profiles.iter_mut().find(|profile| profile.profile == missing).unwrap();
            (profile.idle, profile.no_image) = (0, true);
            profile.problem = Some("there is no image jre".into());
            let standing = |id| readiness.standing(id, &pool).unwrap().0;
            assert_eq!(standing("java"), Standing::NotInstalled { install: install.to_owned() });
            assert_eq!(standing("c"), Standing::Installed);
            assert_eq!(readiness.judge(&pool), (Vec::new(), Vec::new()));
            assert_eq!(readiness.such(|known| known.missing(&pool).is_some()), ["java"]);
        }
    }

    #[test]
    fn what_is_not_installed_need_not_be_tested_and_without_any_language_nobody_is_served() {
        let readiness = readiness();
        let mut pool = pool();
        readiness.note("c", Outcome::Works);
        let missing = |pool: &mut PoolStatus, at: usize| {
            let profile = &mut pool.profiles[at];
            (profile.idle, profile.no_image) = (0, true);
            profile.problem = Some(format!("there is no image {}", profile.profile.short()));
        };
        missing(&mut pool, 4);
        assert_eq!(readiness.judge(&pool), (Vec::new(), Vec::new()), "java was never tested");
        missing(&mut pool, 0);
        let reasons = ["no language is installed", "there is no image jdk", "there is no image run"];
        assert_eq!(readiness.judge(&pool).0, reasons);
    }

    #[test]
    fn a_language_has_the_version_that_its_compiler_told() {
        let readiness = both_work();
        readiness.note_version("java", Some("javac 21".into()));
        let standing = (Standing::Installed, Some("javac 21".to_owned()));
        assert_eq!(readiness.standing("java", &pool()), Some(standing));
        assert_eq!(readiness.standing("cobol", &pool()), None);
    }

    #[test]
    fn what_may_be_over_in_a_moment_is_told_and_refuses_nobody() {
        let readiness = both_work();
        let mut pool = pool();
        pool.profiles[4] = ProfileStatus { profile: jdk(), ..profile(0, 1, Some("the engine is down")) };
        let why = "no sandbox of profile toolchain:jdk is up: the engine is down".to_owned();
        let failing = Standing::Failing { why, is_refused: false };
        assert_eq!(readiness.standing("java", &pool).unwrap().0, failing);
        let (reasons, degraded) = readiness.judge(&pool);
        assert_eq!((reasons.len(), degraded.len()), (0, 1), "{degraded:?}");
        pool.profiles[0] = profile(0, 1, Some("the engine is down"));
        assert_eq!(readiness.judge(&pool).0.len(), 2, "neither language is served");
        pool.profiles[2] =
            ProfileStatus { profile: Profile::Command, ..profile(0, 1, Some("the engine is down")) };
        assert_eq!(readiness.judge(&pool).0.len(), 3, "nor are go-judge's clients");
    }

    #[test]
    fn what_no_language_needs_and_nobody_waits_for_keeps_nobody_from_being_served() {
        let (readiness, mut pool) = (both_work(), pool());
        let scripts = Profile::Runtime("scripts".into());
        let away = ProfileStatus { profile: scripts, kept: 0, ..profile(0, 0, Some("the warden is away")) };
        pool.profiles.push(away);
        assert_eq!(readiness.judge(&pool), (Vec::new(), Vec::new()));
    }

    #[test]
    fn a_language_that_has_sandboxes_and_is_not_served_is_told_and_waits() {
        let readiness = both_work();
        let told = "no node that is here has this server's definition of java";
        let unserved = [("java".to_owned(), told.to_owned())].into();
        let pool = PoolStatus { unserved, ..pool() };
        assert_eq!(readiness.judge(&pool), (Vec::new(), vec![told.to_owned()]));
        let failing = Standing::Failing { why: told.to_owned(), is_refused: false };
        assert_eq!(readiness.standing("java", &pool).unwrap().0, failing);
    }

    #[test]
    fn what_is_planned_beyond_the_hosts_memory_is_told() {
        let readiness = both_work();
        let pool = PoolStatus { notes: vec!["too much".into()], ..pool() };
        assert_eq!(readiness.judge(&pool), (Vec::new(), vec!["too much".to_owned()]));
    }
}
