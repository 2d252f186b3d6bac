//! The nodes that there are, as far as they have told: who is there, what each can do, and how it behaves.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::names;
use super::pace::Pace;
use super::seldom::Seldom;
use super::speed::{Speed, Terms};
use super::wire::{Beat, Offer, PROTOCOL, Speech};
use super::words::Word;
use crate::config::{MOST_CREDITS, TimeScaling, is_weight};
use crate::content::BlobId;
use crate::slots::Profile;

/// How often a node tells how it is.
pub(super) const EVERY: Duration = Duration::from_secs(2);
/// One that has not told for so long is away.
const AWAY: Duration = Duration::from_secs(6);
/// One that is away for so long is forgotten.
const FORGOTTEN: Duration = Duration::from_secs(3600);
/// Most that are known: names come from outside.
const MOST: usize = 20_000;

/// What nodes can be at is counted anew after so long: some may have gone since.
const COUNTED_FOR: Duration = Duration::from_millis(500);

/// What it takes to do a task.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Needs {
    /// Sandboxes of this pool.
    pub(super) pool: String,
    /// Languages, as they are to the coordinator: a node with other definitions of them hands the task back.
    pub(super) languages: BTreeSet<Speech>,
    /// Two sandboxes at one time, for a program and the validator that talks with it.
    pub(super) is_pair: bool,
}

impl Needs {
    /// Sandboxes of a pool, and nothing else.
    pub(super) fn pool(pool: &str) -> Self {
        Self { pool: pool.to_owned(), ..Self::default() }
    }

    /// All that this and another of its pool take.
    pub(super) fn with(mut self, other: Self) -> Self {
        self.languages.extend(other.languages);
        self.is_pair |= other.is_pair;
        self
    }
}

/// All nodes.
#[derive(Debug, Default)]
pub struct Nodes {
    inner: Mutex<Inner>,
    /// What somebody unknown sends.
    seldom: Seldom,
}

#[derive(Debug, Default)]
struct Inner {
    known: BTreeMap<String, Known>,
    /// The last word on each node, whether it is known or not: it may have gone, or be still to come.
    words: BTreeMap<String, Last>,
    /// The broker's stream that their numbers are of.
    words_of: String,
    /// All that this has was read.
    words_are_read: bool,
    /// Those of ours that the broker is not known to have.
    unkept: BTreeMap<String, Unkept>,
    /// Tasks that nodes can be at, by pool. It is counted now and then: with thousands of nodes there is no time for it
    /// whenever a task goes out.
    credits: HashMap<String, usize>,
    /// Tests that all can be at.
    all_credits: usize,
    /// Compilations that all can be at.
    all_compilations: usize,
    /// The speed of the fastest, whether it is here or away for some time: limits are not to change whenever it goes.
    fastest: Option<Speed>,
    /// The mean of what is known of how quick nodes are.
    pace: Option<f64>,
    counted: Option<Instant>,
    /// When those were last forgotten that are away for long.
    swept: Option<Instant>,
}

/// The last word on a node.
#[derive(Debug)]
struct Last {
    word: Word,
    /// Its number at the broker; 0 where that is not known to have it.
    number: u64,
    /// The number of what the broker was seen to have of the node, since its words were last read from the first on. What is less
    /// than the word's is what a power cut has left there.
    there: Option<u64>,
}

/// A word of ours that the broker is not known to have.
#[derive(Debug)]
struct Unkept {
    word: Word,
    /// Those of ours before it that the broker is not known to have, either.
    earlier: Vec<Word>,
    /// The number of the last that was known when this was said. What has a later one is one of them, or was said since.
    after: u64,
    /// The last that it has told meanwhile, with its number there: whether that came before ours is seen by the number of ours.
    heard: Option<(u64, Word)>,
}

#[derive(Debug, Clone)]
struct Known {
    beat: Beat,
    /// The start of it that told before this one.
    before: Option<Uuid>,
    /// The pools whose images it has been seen to have: it takes tasks of no others.
    pools: Vec<String>,
    at: Instant,
    /// When it was last given the known programs.
    tried: Option<Instant>,
    /// What operators want, where they have said so.
    word: Option<Word>,
    /// Known programs came to something else there: nothing that it says of itself counts for others.
    is_doubted: bool,
    done: u64,
    failures: u64,
    faults: Vec<String>,
    pace: Pace,
}

/// Faults of a node that are remembered.
const MOST_FAULTS: usize = 10;
/// Longest text of one, in bytes.
const LONGEST_FAULT: usize = 500;
/// What is wrong where two starts of a node tell in turn.
const DOUBLE: &str = "another node has the same name (cluster.name): they count as one, and each is told what is for the other";

/// A node, as it is told to operators.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeStatus {
    /// Its name.
    pub name: String,
    /// It has told lately.
    pub is_here: bool,
    /// It begins nothing.
    pub is_draining: bool,
    /// When it was last heard of.
    pub silent_for: Duration,
    /// What it last said.
    pub beat: Beat,
    /// How much it does in a time, beside others.
    pub weight: f64,
    /// Parts that it has done since we know it.
    pub done: u64,
    /// Parts at which it has failed.
    pub failures: u64,
    /// What it has sent that no honest node sends.
    pub faults: Vec<String>,
}

impl Known {
    fn is_here(&self) -> bool {
        self.at.elapsed() < AWAY
    }

    fn is_draining(&self) -> bool {
        self.beat.draining || self.word.as_ref().is_some_and(|word| word.is_drained)
    }

    /// What it has sent that no honest node sends, with that for which it is drained: who knows of that may have started since.
    fn faults_with_word(&self) -> Vec<String> {
        let why = self.word.as_ref().and_then(|word| word.why.as_ref());
        let why = why.filter(|why| !self.faults.contains(why));
        why.into_iter().chain(&self.faults).cloned().collect()
    }

    /// A fault is noted. True where it was not.
    fn note_fault(&mut self, fault: &str) -> bool {
        let is_news = self.faults.len() < MOST_FAULTS && !self.faults.iter().any(|other| other == fault);
        if is_news {
            self.faults.push(fault.to_owned());
        }
        is_news
    }

    /// It is here, understands what it is sent, and has not been told to begin nothing.
    fn takes_tasks(&self) -> bool {
        self.is_here() && self.speaks_as_we_do() && !self.is_draining()
    }

    /// Its messages have the form of ours. One whose have another does nothing for us, whatever it says that it has.
    fn speaks_as_we_do(&self) -> bool {
        self.beat.protocol == PROTOCOL
    }

    fn serves(&self, pool: &str) -> bool {
        self.takes_tasks() && self.pools.iter().any(|served| served == pool)
    }

    /// It does not hand such tasks back, where it has sandboxes of their pool.
    fn is_able(&self, needs: &Needs) -> bool {
        let knows_all = needs.languages.iter().all(|language| language.is_among(&self.beat.languages));
        knows_all && (!needs.is_pair || self.beat.pairs > 0)
    }

    /// It takes such tasks.
    fn can(&self, needs: &Needs) -> bool {
        self.serves(&needs.pool) && self.is_able(needs)
    }

    /// It is to be given the known programs, which take this. One that has not told its speed does not know what that is.
    fn is_unknown(&self, needs: &Needs, every: Duration) -> bool {
        let is_due = self.tried.is_none_or(|tried| tried.elapsed() > every);
        is_due && self.beat.speed.is_some() && self.can(needs)
    }

    /// How quick one of its slots is: as it was in the last minutes, else as its CPU is, which `scale` makes comparable.
    fn quickness(&self, scale: f64, now: Instant) -> f64 {
        self.pace.factor(now).unwrap_or_else(|| scale * self.beat.speed.map_or(1.0, Speed::factor))
    }

    /// Its weight in a pool that has so many slots there.
    fn weight(&self, credits: usize, scale: f64, now: Instant) -> f64 {
        let credits = u32::try_from(credits).map_or(f64::MAX, f64::from);
        self.beat.weight.unwrap_or_else(|| credits * self.quickness(scale, now))
    }

    /// How many times as quick as others one of its slots was, or is said to be by hand, where either is known.
    fn pace(&self, now: Instant) -> Option<f64> {
        let by_hand = self.beat.weight.map(|weight| weight / f64::from(self.beat.credits.max(1)));
        by_hand.or_else(|| self.pace.factor(now))
    }

    /// Tasks of a pool that it can be at, which it serves.
    fn credits(&self, pool: &str) -> usize {
        let is_compilation = names::is_of_compilations(pool);
        let credits = if is_compilation { self.beat.compilations } else { self.beat.credits };
        usize::try_from(credits).unwrap_or(0)
    }
}

/// More than there are languages.
const MOST_OFFERS: usize = 512;
/// More than a node is at: what waits there has a bound of its own.
const MOST_AT: usize = 32_768;
/// More than a node remembers.
const MOST_FORGOT: usize = 256;
/// Longest text of an offer or of a node's trouble.
const LONGEST_TEXT: usize = 4096;

/// A node says nothing that no machine is.
pub(super) fn within_bounds(beat: &Beat) -> Result<(), &'static str> {
    let is = |fits: bool, what| if fits { Ok(()) } else { Err(what) };
    let counts = [beat.credits, beat.compilations, beat.pairs];
    is(counts.iter().all(|count| *count <= MOST_CREDITS), "more slots than a machine has")?;
    is(beat.speed.is_none_or(Speed::is_possible), "a speed that no machine has")?;
    is(beat.weight.is_none_or(is_weight), "a weight that no machine has")?;
    let lists = [beat.profiles.len(), beat.languages.len()];
    is(lists.iter().all(|length| *length <= MOST_OFFERS), "more languages than there are")?;
    is(beat.at.len() <= MOST_AT, "more tasks than a node is at")?;
    is(beat.forgot.len() <= MOST_FORGOT, "more coordinators than there are")?;
    let mut names = beat.languages.keys().chain(beat.forgot.keys());
    is(names.all(|name| name.len() <= LONGEST_TEXT), "a name that is too long")?;
    let offers = beat.profiles.iter();
    let texts = offers.flat_map(|offer| [Some(&offer.profile), offer.image.as_ref(), offer.problem.as_ref()]);
    let mut texts = texts.chain([Some(&beat.version), beat.trouble.as_ref()]).flatten();
    is(texts.all(|text| text.len() <= LONGEST_TEXT), "a text that is too long")
}

/// As much of what is wrong with a message as is told: a parser's words may have all of the message in them.
pub(super) fn shortened(what: &str) -> &str {
    &what[..what.floor_char_boundary(LONGEST_FAULT)]
}

/// The pools that a node takes tasks of. Whoever counts more of it waits for what does not come: others are spared for its sake.
fn pools(beat: &Beat) -> Vec<String> {
    // It would hand tasks of ours back, and has no room for them.
    if beat.protocol != PROTOCOL || beat.trouble.is_some() {
        return Vec::new();
    }
    let takes = |offer: &&Offer| !offer.no_image && offer.image.is_some() && !offer.rests;
    beat.profiles.iter().filter(takes).map(|offer| names::pool_of(&offer.profile)).collect()
}

impl Inner {
    /// This is the last word on a node, which the broker has under this number, where that is known.
    fn set_word(&mut self, name: &str, word: Word, number: Option<u64>) {
        if let Some(known) = self.known.get_mut(name) {
            known.word = Some(word.clone());
            self.counted = None;
        }
        let before = self.words.get(name).map(|last| (last.number, last.there));
        if self.words.len() < MOST || before.is_some() {
            let kept = number.map(|number| (number, Some(number)));
            let (number, there) = kept.or(before).unwrap_or((0, None));
            self.words.insert(name.to_owned(), Last { word, number, there });
        }
    }

    fn sweep(&mut self) {
        if self.swept.is_none_or(|swept| swept.elapsed() > AWAY) {
            self.known.retain(|_, known| known.at.elapsed() < FORGOTTEN);
            self.swept = Some(Instant::now());
        }
    }

    fn credits(&mut self, pool: &str) -> usize {
        self.count_if_old();
        self.credits.get(pool).copied().unwrap_or(0)
    }

    fn count_if_old(&mut self) {
        if self.counted.is_none_or(|counted| counted.elapsed() > COUNTED_FOR) {
            self.count();
        }
    }

    /// What a speed is multiplied by where nothing else is known of a node: paces are beside others' alone, whatever these are.
    fn scale(&self, now: Instant) -> f64 {
        let seen = |known: &Known| Some((known.pace.factor(now)?, known.beat.speed?.factor()));
        let (paces, speeds): (Vec<f64>, Vec<f64>) = self.known.values().filter_map(seen).unzip();
        if paces.is_empty() { 1.0 } else { paces.iter().sum::<f64>() / speeds.iter().sum::<f64>() }
    }

    /// How many times as quick as others a node was in the last minutes; 1 where that is not known.
    fn quickness(&self, known: &Known, now: Instant) -> f64 {
        known.pace(now).zip(self.pace).map_or(1.0, |(own, all)| own / all)
    }

    fn count(&mut self) {
        let now = Instant::now();
        let paces: Vec<f64> = self.known.values().filter_map(|known| known.pace(now)).collect();
        let count = u32::try_from(paces.len()).unwrap_or(u32::MAX);
        self.pace = (count > 0).then(|| paces.iter().sum::<f64>() / f64::from(count));
        self.credits.clear();
        let believed = self.known.values().filter(|known| known.speaks_as_we_do() && !known.is_doubted);
        self.fastest = believed.filter_map(|known| known.beat.speed).max();
        (self.all_credits, self.all_compilations) = (0, 0);
        for known in self.known.values().filter(|known| known.takes_tasks()) {
            self.all_credits += usize::try_from(known.beat.credits).unwrap_or(0);
            self.all_compilations += usize::try_from(known.beat.compilations).unwrap_or(0);
            for pool in &known.pools {
                *self.credits.entry(pool.clone()).or_default() += known.credits(pool);
            }
        }
        self.counted = Some(Instant::now());
    }
}

impl Nodes {
    /// A node has told how it is. True where that is news: it has come, or come back.
    ///
    /// # Errors
    /// What no honest node tells.
    pub(super) fn heard(&self, name: &str, beat: Beat) -> Result<bool, &'static str> {
        within_bounds(&beat)?;
        let mut nodes = self.nodes();
        nodes.sweep();
        let Inner { known: all, words, counted, .. } = &mut *nodes;
        let pools = pools(&beat);
        if let Some(known) = all.get_mut(name) {
            let is_other_start = known.beat.incarnation != beat.incarnation;
            // One that was started anew does not come back.
            let is_double = is_other_start && known.before == Some(beat.incarnation);
            if is_other_start {
                known.before = Some(known.beat.incarnation);
            }
            if is_double && known.is_here() && known.note_fault(DOUBLE) {
                tracing::error!(node = name, "{DOUBLE}");
            }
            let is_news = !known.is_here() || (is_other_start && !is_double);
            let offered = |known: &Known| {
                (known.beat.credits, known.beat.compilations, known.beat.speed, known.is_draining())
            };
            let before = offered(known);
            let is_other = known.pools != pools;
            (known.beat, known.pools, known.at) = (beat, pools, Instant::now());
            known.tried = known.tried.filter(|_| !is_news);
            if is_news || is_other || before != offered(known) {
                *counted = None;
            }
            return Ok(is_news);
        }
        if all.len() >= MOST {
            return Ok(false);
        }
        let at = Instant::now();
        let (tried, faults) = (None, Vec::new());
        let word = words.get(name).map(|last| last.word.clone());
        let (done, failures, pace) = (0, 0, Pace::default());
        let is_doubted = false;
        let before = None;
        let known = Known { beat, before, pools, at, tried, word, is_doubted, done, failures, faults, pace };
        all.insert(name.to_owned(), known);
        *counted = None;
        Ok(true)
    }

    /// There is, or was lately, a node of this name.
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.nodes().known.contains_key(name)
    }

    /// We say that a node is to begin nothing more, or to begin again: that is the last word on it, and the broker is to keep it.
    pub(super) fn say(&self, name: &str, word: Word) {
        let nodes = &mut *self.nodes();
        let unkept = match nodes.unkept.remove(name) {
            Some(mut before) => {
                if !before.earlier.contains(&before.word) {
                    before.earlier.push(before.word);
                }
                // What others have said behind those is known to whoever says this.
                let heard = before.heard.map_or(0, |(number, _)| number);
                let after = before.after.max(heard);
                Unkept { word: word.clone(), earlier: before.earlier, after, heard: None }
            }
            None => {
                let known = nodes.words.get(name).map_or(0, |last| last.number);
                // What was said before is not known yet.
                let after = if nodes.words_are_read { known } else { u64::MAX };
                Unkept { word: word.clone(), earlier: Vec::new(), after, heard: None }
            }
        };
        nodes.unkept.insert(name.to_owned(), unkept);
        nodes.set_word(name, word, None);
    }

    /// The words that the broker has are read from the first on, of this stream: it is another than before where the broker has lost that.
    pub(super) fn begin_words(&self, stream: &str) {
        let nodes = &mut *self.nodes();
        let is_other = nodes.words_of != stream;
        for last in nodes.words.values_mut() {
            last.there = None;
            if is_other {
                last.number = 0;
            }
        }
        if is_other {
            // What is there is what others have said again: ours are the last.
            nodes.unkept.values_mut().for_each(|unkept| (unkept.after, unkept.heard) = (u64::MAX, None));
            stream.clone_into(&mut nodes.words_of);
        }
        nodes.words_are_read = false;
    }

    /// All words that the broker has were read: those that it has lost, each with the number of what it has of the node instead.
    pub(super) fn lost_words(&self) -> Vec<(String, Word, u64)> {
        let nodes = &mut *self.nodes();
        nodes.words_are_read = true;
        let lost = nodes.words.iter().filter(|(name, last)| {
            let is_there = last.there.is_some_and(|there| there >= last.number);
            !is_there && !nodes.unkept.contains_key(*name)
        });
        lost.map(|(name, last)| (name.clone(), last.word.clone(), last.there.unwrap_or(0))).collect()
    }

    /// The broker may have our word on a node already, or an earlier one of ours: what it has of the node is this. The number behind which
    /// ours is to be; none where it is there, or another server has said something since, which is the last word then.
    pub(super) fn place_of(
        &self,
        name: &str,
        word: &Word,
        there: Option<(u64, Option<Word>)>,
    ) -> Option<u64> {
        let nodes = &mut *self.nodes();
        let unkept = nodes.unkept.get(name).filter(|unkept| unkept.word == *word)?;
        let Some((number, other)) = there else { return Some(0) };
        let is_before = |other: &Word| number <= unkept.after || unkept.earlier.contains(other);
        let Some(other) = other.filter(|other| !is_before(other)) else { return Some(number) };
        nodes.unkept.remove(name);
        nodes.set_word(name, other, Some(number));
        None
    }

    /// The broker has this word on a node, under this number. It is not the last where the broker is still to have one of ours, or, while all
    /// that it has is read, where it has lost what was behind it: what is said then has numbers that others had before.
    pub(super) fn hear_word(&self, name: &str, number: u64, word: Word) {
        let nodes = &mut *self.nodes();
        if let Some(last) = nodes.words.get_mut(name) {
            last.there = Some(number);
        }
        let is_old = !nodes.words_are_read && nodes.words.get(name).is_some_and(|last| number < last.number);
        match nodes.unkept.get_mut(name) {
            Some(unkept) => unkept.heard = Some((number, word)),
            None if is_old => {}
            None => nodes.set_word(name, word, Some(number)),
        }
    }

    /// The broker has our word on a node, under this number.
    pub(super) fn kept(&self, name: &str, word: &Word, number: u64) {
        let nodes = &mut *self.nodes();
        if nodes.unkept.get(name).is_none_or(|unkept| unkept.word != *word) {
            return;
        }
        let heard = nodes.unkept.remove(name).and_then(|unkept| unkept.heard);
        let later = heard.filter(|(heard, _)| *heard > number);
        let (number, last) = later.unwrap_or_else(|| (number, word.clone()));
        nodes.set_word(name, last, Some(number));
    }

    /// The broker is still to have this word of ours on a node.
    pub(super) fn is_unkept(&self, name: &str, word: &Word) -> bool {
        self.nodes().unkept.get(name).is_some_and(|unkept| unkept.word == *word)
    }

    /// What is to be told to a node that does not do what operators want.
    pub(super) fn reminder(&self, name: &str) -> Option<bool> {
        let nodes = self.nodes();
        let known = nodes.known.get(name)?;
        let wanted = known.word.as_ref()?.is_drained;
        (wanted != known.beat.draining).then_some(wanted)
    }

    /// Known programs came to something else on a node, or to what is known.
    pub(super) fn doubt(&self, name: &str, is_doubted: bool) {
        let mut nodes = self.nodes();
        if let Some(known) = nodes.known.get_mut(name) {
            known.is_doubted = is_doubted;
            nodes.counted = None;
        }
    }

    /// A node has done a part, or failed at it.
    pub(super) fn note(&self, name: &str, is_done: bool) {
        if let Some(known) = self.nodes().known.get_mut(name) {
            let counter = if is_done { &mut known.done } else { &mut known.failures };
            *counter += 1;
        }
    }

    /// A test that was expected to take so long took so long there.
    pub(super) fn note_pace(&self, name: &str, expected: Duration, took: Duration) {
        if let Some(known) = self.nodes().known.get_mut(name) {
            known.pace.note(expected, took, Instant::now());
        }
    }

    /// How many times as quick as others a node was in the last minutes, of which that is known; 1 where it is not.
    pub(super) fn quickness(&self, name: &str) -> f64 {
        let mut nodes = self.nodes();
        nodes.count_if_old();
        nodes.known.get(name).map_or(1.0, |known| nodes.quickness(known, Instant::now()))
    }

    /// The quickest node that takes such tasks and has room, beside as many as it has in hand, with how quick it is.
    pub(super) fn quickest(&self, needs: &Needs, at_hand: impl Fn(&str) -> usize) -> Option<(String, f64)> {
        let (mut nodes, now) = (self.nodes(), Instant::now());
        nodes.count_if_old();
        let has_room = |(name, known): &(&String, &Known)| {
            known.can(needs) && at_hand(name) < known.credits(&needs.pool)
        };
        let idle = nodes.known.iter().filter(has_room);
        let idle = idle.map(|(name, known)| (name, nodes.quickness(known, now)));
        let (name, quickness) = idle.max_by(|(_, one), (_, other)| one.total_cmp(other))?;
        Some((name.clone(), quickness))
    }

    /// A node can be dealt tasks of a pool.
    pub(super) fn is_any_ready_for(&self, pool: &str) -> bool {
        self.nodes().known.values().any(|known| known.serves(pool))
    }

    /// The weights of the nodes that can be dealt such tasks: slots, times how quick each is.
    pub(super) fn weights(&self, needs: &Needs) -> BTreeMap<String, f64> {
        let (nodes, now, pool) = (self.nodes(), Instant::now(), &needs.pool);
        let scale = nodes.scale(now);
        let ready = nodes.known.iter().filter(|(_, known)| known.can(needs));
        ready.map(|(name, known)| (name.clone(), known.weight(known.credits(pool), scale, now))).collect()
    }

    /// It has told lately.
    pub(super) fn is_here(&self, name: &str) -> bool {
        self.nodes().known.get(name).is_some_and(Known::is_here)
    }

    /// A node has sent what no honest one sends. True where that is to be told of: who sends it again and again is not to fill the log.
    pub(super) fn note_fault(&self, name: &str, fault: &str) -> bool {
        let fault = shortened(fault);
        let mut nodes = self.nodes();
        let Some(known) = nodes.known.get_mut(name) else { return self.seldom.is_time() };
        known.failures += 1;
        known.note_fault(fault)
    }

    /// Something that makes no sense is to be told of, which is no fault that is noted.
    pub(super) fn is_time_to_tell(&self) -> bool {
        self.seldom.is_time()
    }

    /// Tasks of a pool that nodes can be at, all together.
    pub(super) fn credits(&self, pool: &str) -> usize {
        self.nodes().credits(pool)
    }

    /// Tests that all nodes can be at.
    pub(super) fn all_credits(&self) -> usize {
        let mut nodes = self.nodes();
        nodes.count_if_old();
        nodes.all_credits
    }

    /// Compilations that all nodes can be at.
    pub(super) fn all_compilations(&self) -> usize {
        let mut nodes = self.nodes();
        nodes.count_if_old();
        nodes.all_compilations
    }

    /// There are nodes, and none of them has sandboxes for a program and a validator at one time.
    pub(super) fn lack_pairs(&self) -> bool {
        let nodes = self.nodes();
        let ours = nodes.known.values().filter(|known| known.is_here() && known.speaks_as_we_do());
        let mut ours = ours.peekable();
        ours.peek().is_some() && ours.all(|known| known.beat.pairs == 0)
    }

    /// There is a node beside these that takes such tasks.
    pub(super) fn has_others(&self, names: &[String], needs: &Needs) -> bool {
        self.nodes().known.iter().any(|(other, known)| !names.contains(other) && known.can(needs))
    }

    /// It is here, and tells what programs write while they run to whoever asks for it.
    pub(super) fn shows(&self, name: &str) -> bool {
        self.nodes().known.get(name).is_some_and(|known| known.is_here() && known.beat.shows)
    }

    /// There is a node that is, or will be, at such a task.
    pub(super) fn can(&self, needs: &Needs) -> bool {
        let nodes = self.nodes();
        nodes.known.values().any(|known| known.can(needs) && known.credits(&needs.pool) > 0)
    }

    /// A node does not hand such tasks back, where it has sandboxes of their pool.
    pub(super) fn is_able(&self, name: &str, needs: &Needs) -> bool {
        self.nodes().known.get(name).is_some_and(|known| known.is_able(needs))
    }

    /// How a node is to hold programs to their limits of time.
    pub(super) fn terms(&self, name: &str, scaling: TimeScaling) -> Terms {
        let mut nodes = self.nodes();
        nodes.count_if_old();
        let own = nodes.known.get(name).and_then(|known| known.beat.speed);
        Terms::of(own, nodes.fastest, scaling)
    }

    /// Nodes that are slower than the fastest.
    pub(super) fn slow(&self) -> Vec<String> {
        let mut nodes = self.nodes();
        nodes.count_if_old();
        let Some(fastest) = nodes.fastest else { return Vec::new() };
        let is_slow = |known: &Known| known.beat.speed.is_some_and(|speed| speed.is_below(fastest));
        nodes.known.iter().filter(|(_, known)| is_slow(known)).map(|(name, _)| name.clone()).collect()
    }

    /// Some that can do what the known programs take have not been given them for so long, or never.
    pub(super) fn has_unknown(&self, needs: &Needs, every: Duration) -> bool {
        self.nodes().known.values().any(|known| known.is_unknown(needs, every))
    }

    /// Most of those, which are given them now.
    pub(super) fn unknown(&self, needs: &Needs, every: Duration, most: usize) -> Vec<String> {
        let mut nodes = self.nodes();
        let unknown = nodes.known.iter_mut().filter(|(_, known)| known.is_unknown(needs, every)).take(most);
        let now = Instant::now();
        unknown.map(|(name, known)| (known.tried = Some(now), name.clone()).1).collect()
    }

    /// Names of those that are here.
    pub(super) fn here(&self) -> Vec<String> {
        let nodes = self.nodes();
        nodes.known.iter().filter(|(_, known)| known.is_here()).map(|(name, _)| name.clone()).collect()
    }

    /// It may begin tasks.
    pub(super) fn may_begin(&self, name: &str) -> bool {
        self.nodes().known.get(name).is_none_or(|known| !known.is_draining())
    }

    /// Ids of the images that nodes have for a profile.
    pub(super) fn images(&self, profile: &Profile) -> BTreeSet<String> {
        let profile = profile.to_string();
        let nodes = self.nodes();
        let ours = nodes.known.values().filter(|known| known.is_here() && known.speaks_as_we_do());
        let offers = ours.flat_map(|known| &known.beat.profiles).filter(|offer| offer.profile == profile);
        offers.filter(|offer| !offer.no_image).filter_map(|offer| offer.image.clone()).collect()
    }

    /// Id of the image that a node has for a profile.
    pub(super) fn image_of(&self, name: &str, profile: &Profile) -> Option<String> {
        let profile = profile.to_string();
        let nodes = self.nodes();
        let offers = &nodes.known.get(name)?.beat.profiles;
        offers.iter().find(|offer| offer.profile == profile)?.image.clone()
    }

    /// Languages that are to none of the nodes what they are to the coordinator, as these hashes have it: tasks of them wait. None where
    /// no node is here.
    pub(super) fn unknown_to_all(&self, definitions: &BTreeMap<String, BlobId>) -> BTreeSet<String> {
        let nodes = self.nodes();
        let mut here = nodes.known.values().filter(|known| known.takes_tasks()).peekable();
        if here.peek().is_none() {
            return BTreeSet::new();
        }
        let mut unknown: BTreeMap<_, _> = definitions.iter().collect();
        for known in here {
            unknown.retain(|id, definition| known.beat.languages.get(*id) != Some(*definition));
            if unknown.is_empty() {
                break;
            }
        }
        unknown.into_keys().cloned().collect()
    }

    /// What nodes say of a profile: of each one offer.
    pub(super) fn offers(&self, profile: &Profile) -> Vec<Offer> {
        let profile = profile.to_string();
        let nodes = self.nodes();
        let here = nodes.known.values().filter(|known| known.takes_tasks());
        here.flat_map(|known| &known.beat.profiles)
            .filter(|offer| offer.profile == profile)
            .cloned()
            .collect()
    }

    /// All of them, by name.
    pub fn status(&self) -> Vec<NodeStatus> {
        let (nodes, now) = (self.nodes(), Instant::now());
        let scale = nodes.scale(now);
        let slots = |known: &Known| usize::try_from(known.beat.credits).unwrap_or(0);
        let told = |(name, known): (&String, &Known)| NodeStatus {
            name: name.clone(),
            is_here: known.is_here(),
            is_draining: known.is_draining(),
            silent_for: known.at.elapsed(),
            beat: known.beat.clone(),
            weight: known.weight(slots(known), scale, now),
            done: known.done,
            failures: known.failures,
            faults: known.faults_with_word(),
        };
        nodes.known.iter().map(told).collect()
    }

    fn nodes(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::cluster::wire::TaskName;
    use crate::content::BlobId;

    pub(in super::super) fn beat(credits: u32, profiles: &[&str]) -> Beat {
        let offer = |profile: &&str| Offer {
            profile: (*profile).to_owned(),
            image: Some(format!("sha256:{profile}")),
            no_image: false,
            problem: None,
            rests: false,
        };
        Beat {
            protocol: PROTOCOL,
            version: "0".into(),
            incarnation: Uuid::nil(),
            credits,
            compilations: 1,
            pairs: credits / 2,
            speed: None,
            weight: None,
            busy: 0,
            draining: false,
            trouble: None,
            at: Vec::new(),
            forgot: BTreeMap::new(),
            shows: true,
            profiles: profiles.iter().map(offer).collect(),
            languages: BTreeMap::new(),
        }
    }

    #[test]
    fn credits_are_of_the_nodes_that_have_what_it_takes() {
        let nodes = Nodes::default();
        assert_eq!(nodes.heard("a", beat(4, &["run", "toolchain:gcc"])), Ok(true));
        assert_eq!(nodes.heard("b", beat(2, &["run", "run:java"])), Ok(true));
        assert_eq!(nodes.heard("b", beat(2, &["run", "run:java"])), Ok(false), "it is known by now");
        let pools = ["run", "run-java", "toolchain-gcc", "toolchain-java"];
        assert_eq!(pools.map(|pool| nodes.credits(pool)), [6, 2, 1, 0]);
        assert_eq!((nodes.all_credits(), nodes.all_compilations()), (6, 2));
        heard(&nodes, "a", Beat { draining: true, ..beat(4, &["run", "toolchain:gcc"]) });
        assert_eq!(pools.map(|pool| nodes.credits(pool)), [2, 2, 0, 0]);
        assert!(nodes.may_begin("b") && !nodes.may_begin("a"));
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let has_others = |beside: &[&str], pool: &str| nodes.has_others(&names(beside), &Needs::pool(pool));
        assert!(has_others(&["a"], "run") && !has_others(&["b"], "run"));
        assert!(!has_others(&["a", "b"], "run") && has_others(&[], "run-java"));
    }

    fn heard(nodes: &Nodes, name: &str, beat: Beat) {
        nodes.heard(name, beat).unwrap();
    }

    #[test]
    fn a_node_to_which_a_language_is_another_is_none_for_it() {
        let nodes = Nodes::default();
        let definitions = |c17: &[u8]| {
            let go = ("go".to_owned(), BlobId::of(b"go"));
            BTreeMap::from([("c17".to_owned(), BlobId::of(c17)), go])
        };
        let knows = |c17: &[u8]| Beat { languages: definitions(c17), ..beat(2, &["run"]) };
        let speech = Speech { id: "c17".into(), definition: BlobId::of(b"new") };
        let needs = Needs { languages: BTreeSet::from([speech]), ..Needs::pool("run") };
        let own = definitions(b"new");
        assert!(!nodes.can(&needs) && nodes.unknown_to_all(&own).is_empty(), "no node is here");
        heard(&nodes, "old", knows(b"old"));
        assert!(nodes.can(&Needs::pool("run")) && !nodes.can(&needs));
        assert_eq!(nodes.unknown_to_all(&own), BTreeSet::from(["c17".to_owned()]));
        heard(&nodes, "new", knows(b"new"));
        assert!(nodes.can(&needs) && nodes.unknown_to_all(&own).is_empty());
        assert!(nodes.is_able("new", &needs) && !nodes.is_able("old", &needs));
        assert_eq!(nodes.weights(&needs).into_keys().collect::<Vec<_>>(), ["new"]);
        assert!(!nodes.has_others(&["new".to_owned()], &needs), "the one that has failed has it again");
        let pair = Needs { is_pair: true, ..needs };
        assert!(nodes.can(&pair));
        heard(&nodes, "new", Beat { pairs: 0, ..knows(b"new") });
        assert!(!nodes.can(&pair), "it has one sandbox");
    }

    #[test]
    fn a_node_of_another_protocol_or_without_room_has_no_credit() {
        let nodes = Nodes::default();
        heard(&nodes, "a", beat(4, &["run"]));
        assert_eq!(nodes.credits("run"), 4);
        heard(&nodes, "a", Beat { trouble: Some("the disk is full".into()), ..beat(4, &["run"]) });
        assert_eq!(nodes.credits("run"), 0);
        heard(&nodes, "a", beat(4, &["run"]));
        heard(&nodes, "b", Beat { protocol: PROTOCOL + 1, ..beat(4, &["run"]) });
        assert_eq!(nodes.credits("run"), 4);
    }

    #[test]
    fn a_node_that_does_not_know_its_images_is_no_other_for_what_one_has_failed_at() {
        let nodes = Nodes::default();
        heard(&nodes, "good", beat(4, &["run"]));
        // As where its warden is away: it takes none of their tasks.
        let mut unknown = beat(2, &["run"]);
        for offer in &mut unknown.profiles {
            (offer.image, offer.problem) = (None, Some("the warden is away".into()));
        }
        heard(&nodes, "new", unknown);
        let needs = Needs::pool("run");
        assert!(!nodes.has_others(&["good".to_owned()], &needs), "it would be handed back for ever");
        assert_eq!((nodes.credits("run"), nodes.can(&needs)), (4, true));
        heard(&nodes, "new", beat(2, &["run"]));
        assert!(nodes.has_others(&["good".to_owned()], &needs));
        assert_eq!(nodes.credits("run"), 6);
        let mut resting = beat(2, &["run", "run:java"]);
        resting.profiles[0].rests = true;
        heard(&nodes, "new", resting);
        assert!(!nodes.has_others(&["good".to_owned()], &needs), "it has no sandbox for it");
        assert_eq!([nodes.credits("run"), nodes.credits("run-java")], [4, 2]);
    }

    #[test]
    fn what_a_node_of_another_protocol_has_is_nothing_that_we_have() {
        let nodes = Nodes::default();
        let of_speed =
            |protocol, speed| Beat { protocol, speed: Some(Speed::of(speed)), ..beat(4, &["run"]) };
        heard(&nodes, "other", of_speed(PROTOCOL + 1, 100.0));
        assert_eq!((nodes.all_credits(), nodes.all_compilations()), (0, 0));
        assert_eq!(nodes.offers(&Profile::Run), [], "no language is tested with its images");
        let definitions = BTreeMap::from([("c17".to_owned(), BlobId::of(b"c17"))]);
        assert!(nodes.unknown_to_all(&definitions).is_empty(), "nobody is here who could know it");
        heard(&nodes, "own", of_speed(PROTOCOL, 1.0));
        assert_eq!((nodes.all_credits(), nodes.offers(&Profile::Run).len()), (4, 1));
        assert_eq!(nodes.terms("own", TimeScaling::Calibrated), Terms::PLAIN, "nor is it slower than that");
    }

    #[test]
    fn terms_are_those_of_a_nodes_speed_beside_the_fastest_also_while_that_is_away() {
        let nodes = Nodes::default();
        let of_speed = |speed| Beat { speed: Some(Speed::of(speed)), ..beat(1, &["run"]) };
        heard(&nodes, "fast", of_speed(1.0));
        heard(&nodes, "slow", of_speed(0.5));
        heard(&nodes, "old", beat(1, &["run"]));
        let factor = |name: &str| nodes.terms(name, TimeScaling::Calibrated).scale.factor();
        assert_eq!(["fast", "slow", "old", "nobody"].map(factor), [1.0, 2.0, 1.0, 1.0]);
        assert_eq!(nodes.slow(), ["slow"]);
        {
            let mut nodes = nodes.nodes();
            let known = nodes.known.get_mut("fast").unwrap();
            known.at = known.at.checked_sub(2 * AWAY).unwrap();
            nodes.counted = None;
        }
        assert_eq!(factor("slow"), 2.0);
        heard(&nodes, "slow", of_speed(0.8));
        assert_eq!(factor("slow"), 1.25, "it was measured anew");
    }

    #[test]
    fn what_a_node_says_of_its_speed_counts_for_others_while_it_runs_known_programs_as_others_do() {
        let nodes = Nodes::default();
        let of_speed = |speed| Beat { speed: Some(Speed::of(speed)), ..beat(1, &["run"]) };
        heard(&nodes, "honest", of_speed(1.0));
        heard(&nodes, "liar", of_speed(100.0));
        let factor = || nodes.terms("honest", TimeScaling::Calibrated).scale.factor();
        assert_eq!((factor(), nodes.slow()), (4.0, vec!["honest".to_owned()]), "as far as is known");
        nodes.doubt("liar", true);
        assert_eq!((factor(), nodes.slow()), (1.0, Vec::new()));
        nodes.doubt("liar", false);
        assert_eq!(factor(), 4.0);
    }

    #[test]
    fn a_weight_is_what_a_node_has_slots_for_and_how_quick_they_are() {
        let (nodes, second) = (Nodes::default(), Duration::from_secs(1));
        let of_speed = |credits, speed| Beat {
            speed: Some(Speed::of(speed)),
            ..beat(credits, &["run", "toolchain:gcc"])
        };
        heard(&nodes, "large", of_speed(4, 1.0));
        heard(&nodes, "quick", of_speed(1, 2.0));
        heard(&nodes, "java", beat(9, &["run:java"]));
        let mut new = beat(9, &["run", "toolchain:gcc"]);
        new.profiles.iter_mut().for_each(|offer| offer.image = None);
        heard(&nodes, "new", new);
        assert!(nodes.is_any_ready_for("run") && !nodes.is_any_ready_for("run-go"));
        let weights = |pool: &str| nodes.weights(&Needs::pool(pool)).into_iter().collect::<Vec<_>>();
        let of = |large: f64, quick: f64| vec![("large".to_owned(), large), ("quick".to_owned(), quick)];
        assert_eq!([weights("run"), weights("toolchain-gcc")], [of(4.0, 2.0), of(1.0, 2.0)]);
        // Its slots have half of a CPU each, which its CPU does not know.
        nodes.note_pace("large", 2 * second, 4 * second);
        assert_eq!(weights("run"), of(2.0, 1.0), "of the other nothing was seen, and it is twice as fast");
        nodes.note_pace("quick", 6 * second, 2 * second);
        assert_eq!(weights("run"), of(2.0, 3.0));
        let told: Vec<_> = nodes.status().into_iter().map(|node| node.weight).collect();
        assert_eq!(told, [9.0 * (3.5 / 3.0), 2.0, 9.0 * (3.5 / 3.0), 3.0]);
        heard(&nodes, "large", Beat { weight: Some(7.5), ..of_speed(4, 1.0) });
        assert_eq!(weights("run"), of(7.5, 3.0), "it was fixed by hand");
        heard(&nodes, "quick", Beat { draining: true, ..of_speed(1, 2.0) });
        assert_eq!(weights("run").len(), 1);
    }

    #[test]
    fn a_node_is_as_quick_as_it_was_beside_others_and_one_alone_as_quick_as_all() {
        // What all of them took is counted now and then: each time of nodes that were not counted yet.
        let quickness = |took: &[(&str, u32)]| {
            let (nodes, second) = (Nodes::default(), Duration::from_secs(1));
            ["quick", "slow", "new"].iter().for_each(|name| heard(&nodes, name, beat(1, &["run"])));
            took.iter().for_each(|(name, took)| nodes.note_pace(name, 18 * second, *took * second));
            ["quick", "slow", "new", "nobody"].map(|name| nodes.quickness(name))
        };
        assert_eq!(quickness(&[("slow", 6)]), [1.0; 4], "all tests have become shorter");
        assert_eq!(quickness(&[("slow", 6), ("quick", 2)]), [1.5, 0.5, 1.0, 1.0]);
    }

    #[test]
    fn known_programs_are_for_those_that_can_do_them_when_they_come_and_every_few_minutes() {
        let (nodes, every) = (Nodes::default(), Duration::from_secs(300));
        let knows = |c17: &[u8]| BTreeMap::from([("c17".to_owned(), BlobId::of(c17))]);
        let able = || Beat { speed: Some(Speed::of(1.0)), languages: knows(b"c17"), ..beat(1, &["run"]) };
        let speech = Speech { id: "c17".into(), definition: BlobId::of(b"c17") };
        let needs = Needs { languages: BTreeSet::from([speech]), ..Needs::pool("run") };
        let has_unknown = || nodes.has_unknown(&needs, every);
        let unknown = |every, most| nodes.unknown(&needs, every, most);
        heard(&nodes, "old", Beat { speed: None, ..able() });
        heard(&nodes, "other", Beat { profiles: beat(1, &["run:java"]).profiles, ..able() });
        heard(&nodes, "drained", Beat { draining: true, ..able() });
        heard(&nodes, "next", Beat { languages: knows(b"of the next version"), ..able() });
        assert!(!has_unknown());
        for name in ["a", "b", "c"] {
            heard(&nodes, name, able());
        }
        assert_eq!(unknown(every, 2), ["a", "b"]);
        assert_eq!(unknown(every, 2), ["c"]);
        assert!(!has_unknown());
        heard(&nodes, "b", Beat { incarnation: Uuid::from_u128(2), ..able() });
        assert_eq!(unknown(every, 2), ["b"], "it has started anew");
        assert_eq!(unknown(Duration::ZERO, 9), ["a", "b", "c"]);
    }

    #[test]
    fn an_image_is_that_of_the_node_that_was_asked_for() {
        let nodes = Nodes::default();
        heard(&nodes, "a", beat(1, &["run"]));
        let mut other = beat(1, &["run"]);
        other.profiles[0].image = Some("sha256:0".into());
        heard(&nodes, "b", other);
        let of = |name| nodes.image_of(name, &Profile::Run);
        assert_eq!([of("a"), of("b")].map(Option::unwrap), ["sha256:run", "sha256:0"]);
        assert_eq!([of("c"), nodes.image_of("a", &Profile::Runtime("java".into()))], [None, None]);
    }

    #[test]
    fn two_nodes_of_one_name_are_told_of_once_and_are_no_news_again_and_again() {
        let nodes = Nodes::default();
        let told =
            |start| nodes.heard("a", Beat { incarnation: Uuid::from_u128(start), ..beat(1, &["run"]) });
        let faults = || nodes.status()[0].faults.clone();
        assert_eq!([told(1), told(1), told(2), told(3)], [Ok(true), Ok(false), Ok(true), Ok(true)]);
        assert!(faults().is_empty(), "it was started anew, twice");
        for _ in 0..4 {
            assert_eq!([told(2), told(3)], [Ok(false), Ok(false)]);
        }
        assert_eq!(faults(), [DOUBLE]);
        assert_eq!((told(4), faults().len()), (Ok(true), 1));
    }

    #[test]
    fn what_no_machine_is_is_refused() {
        let nodes = Nodes::default();
        assert_eq!(nodes.heard("a", beat(MOST_CREDITS, &["run"])), Ok(true));
        let long = "x".repeat(LONGEST_TEXT + 1);
        let many = vec!["run"; MOST_OFFERS + 1];
        let told = [beat(MOST_CREDITS + 1, &["run"]), beat(1, &[&long]), beat(1, &many)];
        let speed = serde_json::from_str("0").unwrap();
        let told = told.into_iter().chain([Beat { speed: Some(speed), ..beat(1, &[]) }]);
        let told =
            told.chain([0.0, f64::NAN, 1e9].map(|weight| Beat { weight: Some(weight), ..beat(1, &[]) }));
        let at = vec![TaskName { incarnation: Uuid::nil(), task: 1 }; MOST_AT + 1];
        let forgot = (0..=MOST_FORGOT).map(|number| (number.to_string(), Uuid::nil())).collect();
        let languages = BTreeMap::from([(long.clone(), BlobId::of(b""))]);
        let told = told.chain([
            Beat { at, ..beat(1, &[]) },
            Beat { forgot, ..beat(1, &[]) },
            Beat { languages, ..beat(1, &[]) },
        ]);
        for beat in told.chain([Beat { version: long.clone(), ..beat(1, &[]) }]) {
            assert!(nodes.heard("a", beat).is_err());
        }
        assert_eq!(nodes.credits("run"), usize::try_from(MOST_CREDITS).unwrap());
    }

    #[test]
    fn what_operators_want_is_told_until_it_is_done_also_to_a_node_that_starts_anew() {
        let nodes = Nodes::default();
        assert!(!nodes.is_known("a"), "there is none");
        heard(&nodes, "a", beat(4, &["run"]));
        assert!(nodes.is_known("a"));
        nodes.say("a", Word::of_operator(true));
        assert_eq!((nodes.credits("run"), nodes.may_begin("a"), nodes.reminder("a")), (0, false, Some(true)));
        heard(&nodes, "a", Beat { draining: true, ..beat(4, &["run"]) });
        assert_eq!(nodes.reminder("a"), None);
        heard(&nodes, "a", beat(4, &["run"]));
        assert_eq!((nodes.credits("run"), nodes.reminder("a")), (0, Some(true)));
        nodes.say("a", Word::of_operator(false));
        assert_eq!((nodes.credits("run"), nodes.reminder("a")), (4, None));
    }

    #[test]
    fn of_two_coordinators_the_last_that_was_told_something_of_a_node_is_right_and_both_say_so() {
        let [one, other] = [(); 2].map(|()| Nodes::default());
        let both = |number, word: &Word| {
            [&one, &other].iter().for_each(|nodes| nodes.hear_word("a", number, word.clone()));
        };
        let draining = |draining| {
            let beat = Beat { draining, ..beat(4, &["run"]) };
            [&one, &other].iter().for_each(|nodes| heard(nodes, "a", beat.clone()));
        };
        let reminders = || [one.reminder("a"), other.reminder("a")];
        draining(false);
        // Each hears of both, in the order in which the broker has them.
        both(1, &Word::of_operator(true));
        both(2, &Word::of_operator(false));
        assert_eq!(reminders(), [None; 2]);
        draining(true);
        assert_eq!(reminders(), [Some(false); 2]);
        draining(false);
        assert_eq!(reminders(), [None; 2], "it does not go to and fro");
    }

    #[test]
    fn why_a_node_is_drained_is_known_to_a_coordinator_that_hears_of_it_before_the_node() {
        let (nodes, word) = (Nodes::default(), Word::drained_for("a known program came to something else"));
        nodes.hear_word("liar", 1, word);
        assert!(!nodes.is_known("liar"));
        heard(&nodes, "liar", beat(4, &["run"]));
        assert_eq!((nodes.reminder("liar"), nodes.may_begin("liar")), (Some(true), false));
        let faults = || nodes.status().remove(0).faults;
        assert_eq!(faults(), ["a known program came to something else"]);
        nodes.note_fault("liar", "a known program came to something else");
        assert_eq!(faults().len(), 1, "it is told once");
        nodes.say("liar", Word::of_operator(false));
        assert!(nodes.may_begin("liar"));
    }

    #[test]
    fn what_is_said_while_the_broker_is_away_is_the_last_word_also_when_that_is_back() {
        let (nodes, drained, ready) = (Nodes::default(), Word::of_operator(true), Word::of_operator(false));
        heard(&nodes, "a", beat(4, &["run"]));
        nodes.hear_word("a", 7, drained.clone());
        nodes.say("a", ready.clone());
        // All that the broker has is read anew, before it has ours.
        nodes.hear_word("a", 7, drained.clone());
        assert!(nodes.may_begin("a") && nodes.is_unkept("a", &ready));
        nodes.kept("a", &ready, 8);
        assert!(nodes.may_begin("a") && !nodes.is_unkept("a", &ready));
        nodes.hear_word("a", 9, drained.clone());
        assert!(!nodes.may_begin("a"), "another server has said so since");
    }

    #[test]
    fn a_word_that_another_server_has_said_behind_ours_is_the_last_whichever_of_both_is_heard_of_first() {
        let (nodes, drained, ready) = (Nodes::default(), Word::of_operator(true), Word::of_operator(false));
        heard(&nodes, "a", beat(4, &["run"]));
        nodes.say("a", ready.clone());
        nodes.hear_word("a", 10, drained.clone());
        nodes.kept("a", &drained, 11);
        assert!(nodes.is_unkept("a", &ready), "that was an earlier one of ours");
        nodes.kept("a", &ready, 9);
        assert!(!nodes.may_begin("a"));
    }

    #[test]
    fn a_word_that_the_broker_has_lost_is_said_again_unless_another_was_said_since() {
        let (nodes, drained, ready) = (Nodes::default(), Word::of_operator(true), Word::of_operator(false));
        heard(&nodes, "a", beat(4, &["run"]));
        heard(&nodes, "b", beat(4, &["run"]));
        nodes.begin_words("first");
        nodes.hear_word("a", 7, drained.clone());
        nodes.hear_word("b", 9, ready.clone());
        assert!(nodes.lost_words().is_empty());
        // A power cut has taken what was written last, and left what that took the place of.
        nodes.begin_words("first");
        nodes.hear_word("b", 5, drained.clone());
        assert!(nodes.may_begin("b"), "it is not drained by what was said before");
        let lost = |name: &str, word: &Word, there| (name.to_owned(), word.clone(), there);
        assert_eq!(nodes.lost_words(), [lost("a", &drained, 0), lost("b", &ready, 5)]);
        // It is said again, and then others say something: of numbers that the broker has given before.
        nodes.hear_word("b", 6, ready.clone());
        nodes.hear_word("b", 7, drained.clone());
        assert!(!nodes.may_begin("b"), "that is the last word");
        nodes.hear_word("b", 8, ready.clone());
        // Its disk is another.
        nodes.begin_words("second");
        nodes.hear_word("a", 1, ready.clone());
        assert!(nodes.may_begin("a"));
        assert_eq!(nodes.lost_words(), [lost("b", &ready, 0)]);
        nodes.say("b", drained.clone());
        nodes.begin_words("third");
        assert_eq!(nodes.lost_words(), [lost("a", &ready, 0)], "that of `b` is on its way");
        assert_eq!(nodes.place_of("b", &drained, Some((40, Some(ready)))), Some(40), "others said it again");
    }

    #[test]
    fn a_word_of_which_it_was_not_told_that_the_broker_has_it_takes_the_place_of_no_later_one() {
        let (nodes, drained, ready) = (Nodes::default(), Word::of_operator(true), Word::of_operator(false));
        heard(&nodes, "a", beat(4, &["run"]));
        nodes.say("a", ready.clone());
        assert_eq!(
            nodes.place_of("a", &ready, Some((3, Some(drained.clone())))),
            Some(3),
            "nothing was heard yet"
        );
        nodes.kept("a", &ready, 4);
        nodes.begin_words("words");
        nodes.hear_word("a", 9, ready.clone());
        assert!(nodes.lost_words().is_empty());
        nodes.say("a", drained.clone());
        assert_eq!(nodes.place_of("a", &drained, None), Some(0));
        assert_eq!(
            nodes.place_of("a", &drained, Some((9, Some(ready.clone())))),
            Some(9),
            "it is still to come"
        );
        assert_eq!(nodes.place_of("a", &drained, Some((10, None))), Some(10), "that makes no sense");
        nodes.say("a", ready.clone());
        assert_eq!(nodes.place_of("a", &drained, None), None, "it is not the last of ours");
        assert_eq!(nodes.place_of("a", &ready, Some((10, Some(drained.clone())))), Some(10), "and was kept");
        assert_eq!(nodes.place_of("a", &ready, Some((11, Some(ready.clone())))), None, "it is there");
        assert!(nodes.may_begin("a") && !nodes.is_unkept("a", &ready));
        nodes.say("a", ready.clone());
        let other = Word::drained_for("another server has seen it lie");
        assert_eq!(nodes.place_of("a", &ready, Some((13, Some(other)))), None);
        assert!(!nodes.may_begin("a") && !nodes.is_unkept("a", &ready), "that was said behind ours");
        nodes.say("a", ready.clone());
        nodes.hear_word("a", 14, drained.clone());
        nodes.say("a", ready.clone());
        assert_eq!(nodes.place_of("a", &ready, Some((14, Some(drained)))), Some(14), "that was heard before");
    }

    #[test]
    fn that_no_node_has_two_sandboxes_is_known_once_there_is_a_node() {
        let nodes = Nodes::default();
        assert!(!nodes.lack_pairs(), "one may come");
        heard(&nodes, "a", beat(1, &["run"]));
        assert!(nodes.lack_pairs());
        heard(&nodes, "b", beat(2, &["run"]));
        assert!(!nodes.lack_pairs());
    }

    #[test]
    fn faults_are_told_and_do_not_grow() {
        let nodes = Nodes::default();
        heard(&nodes, "a", beat(1, &["run"]));
        let (mut told, mut again) = (0, 0);
        for number in 0..100 {
            told += u32::from(nodes.note_fault("a", &format!("fault {number}")));
            again += u32::from(nodes.note_fault("a", "fault 0"));
        }
        assert_eq!((told, again), (10, 0), "the log does not grow, either");
        assert!(nodes.note_fault("nobody", "fault") && !nodes.note_fault("another", "fault"));
        let status = nodes.status();
        assert_eq!((status.len(), status[0].faults.len(), status[0].failures), (1, MOST_FAULTS, 200));
    }

    #[test]
    fn of_a_fault_no_more_is_told_than_is_read() {
        let nodes = Nodes::default();
        heard(&nodes, "liar", beat(1, &["run"]));
        nodes.note_fault("liar", &"é".repeat(1 << 20));
        assert_eq!(nodes.status()[0].faults, ["é".repeat(LONGEST_FAULT / 2)]);
    }
}
