//! Times, and how they compare.

use std::time::{Duration, Instant};

/// Times of one thing, taken in turn with those of another.
#[derive(Debug, Clone, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Adds one.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The fastest, the median and the 99th percentile.
    pub fn spread(&self) -> Spread {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at =
            |per_cent: usize| sorted.get((sorted.len() * per_cent / 100).min(sorted.len().saturating_sub(1)));
        let of = |per_cent| at(per_cent).copied().unwrap_or_default();
        Spread { min: of(0), median: of(50), p99: of(99) }
    }
}

/// Three figures that say most about many times.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    /// The fastest.
    pub min: Duration,
    /// Half are faster.
    pub median: Duration,
    /// One in a hundred is slower.
    pub p99: Duration,
}

/// Times of two things, of which each was taken next to the other: what the machine was at meanwhile falls on both.
#[derive(Debug, Clone, Default)]
pub struct Pairs(Vec<[Duration; 2]>);

impl Pairs {
    /// Adds one of each.
    pub fn add(&mut self, one: Duration, other: Duration) {
        self.0.push([one, other]);
    }

    /// The spreads of both.
    pub fn spreads(&self) -> [Spread; 2] {
        [0_usize, 1].map(|which| Times(self.0.iter().map(|pair| pair[which]).collect()).spread())
    }

    /// How many times as long the one takes as the other: the median of all pairs.
    pub fn ratio(&self) -> f64 {
        self.median(|[one, other]| one.as_secs_f64() / other.as_secs_f64())
    }

    /// By how many milliseconds the one takes longer than the other: the median of all pairs.
    pub fn difference(&self) -> f64 {
        self.median(|[one, other]| 1000.0 * (one.as_secs_f64() - other.as_secs_f64()))
    }

    fn median(&self, of: impl Fn(&[Duration; 2]) -> f64) -> f64 {
        let mut all: Vec<f64> = self.0.iter().map(of).collect();
        all.sort_unstable_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

/// What a bench found beyond what is allowed.
#[derive(Debug, Default)]
pub struct Beyond(Vec<String>);

impl Beyond {
    /// A figure may be so large.
    pub fn note(&mut self, what: &str, figure: f64, most: f64) {
        // What is no number is beyond, too.
        if figure.is_nan() || figure > most {
            self.0.push(format!("{what}: {figure:.2}, and {most:.2} is allowed"));
        }
    }

    /// Everything that went beyond.
    pub fn told(self) -> Vec<String> {
        self.0
    }
}

/// How often a second so many threads get through something, each one after another, over this time.
///
/// # Panics
/// When one of the threads does.
pub fn runs_per_second(threads: u32, time: Duration, run: impl Fn() + Sync) -> f64 {
    let started = Instant::now();
    let until = started + time;
    let keep_running = || {
        let mut runs = 0_u32;
        while Instant::now() < until {
            run();
            runs += 1;
        }
        runs
    };
    let runs: u32 = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(keep_running)).collect();
        workers.into_iter().map(|worker| worker.join().expect("a runner ends well")).sum()
    });
    f64::from(runs) / started.elapsed().as_secs_f64()
}

/// Three lines: ours, bare, and the ratio.
pub fn comparison(what: &str, ours: &Times, bare_name: &str, bare: &Times) -> String {
    let (ours, bare) = (ours.spread(), bare.spread());
    let ratio = |ours: Duration, bare: Duration| format!("{:.2}x", ours.as_secs_f64() / bare.as_secs_f64());
    [
        line(what, &[milliseconds(ours.min), milliseconds(ours.median), milliseconds(ours.p99)]),
        line(
            &format!("  bare: {bare_name}"),
            &[milliseconds(bare.min), milliseconds(bare.median), milliseconds(bare.p99)],
        ),
        line(
            "  ratio",
            &[ratio(ours.min, bare.min), ratio(ours.median, bare.median), ratio(ours.p99, bare.p99)],
        ),
    ]
    .join("\n")
}

/// A name and columns of figures.
pub fn line(name: &str, columns: &[String]) -> String {
    let columns: Vec<String> = columns.iter().map(|column| format!("{column:>12}")).collect();
    format!("{name:<62}{}", columns.join(""))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_of_a_hundred_times_is_their_1st_51st_and_100th() {
        let mut times = Times::default();
        for n in (1..=100).rev() {
            times.add(Duration::from_millis(n));
        }
        let spread = times.spread();
        let shown = [spread.min, spread.median, spread.p99].map(|time| time.as_millis());
        assert_eq!(shown, [1, 51, 100]);
    }

    #[test]
    fn pairs_are_compared_one_by_one() {
        let mut pairs = Pairs::default();
        // The machine becomes ten times as slow on the way, for both.
        for (one, other) in [(12, 10), (11, 10), (120, 100), (130, 100), (110, 100)] {
            pairs.add(Duration::from_millis(one), Duration::from_millis(other));
        }
        assert!((pairs.ratio() - 1.2).abs() < 1e-9 && (pairs.difference() - 10.0).abs() < 1e-9);
        assert_eq!(pairs.spreads().map(|spread| spread.median.as_millis()), [110, 100]);
        assert!(Pairs::default().ratio().is_nan());
    }

    #[test]
    fn what_goes_beyond_is_told_with_both_figures() {
        let mut beyond = Beyond::default();
        beyond.note("100 tests", 1.15, 1.15);
        beyond.note("one test", 6.5, 6.0);
        beyond.note("nothing", f64::NAN, 1.0);
        let told = beyond.told();
        assert_eq!((told.len(), &*told[0]), (2, "one test: 6.50, and 6.00 is allowed"));
    }
}
