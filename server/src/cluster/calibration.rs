//! How fast this machine is: what its CPU does of a fixed workload within a fixed time, half of it calculating, half of it
//! waiting for memory. Measured by the CPU's own clock, as programs are: who else is at work, or a quota, changes little of it.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use super::speed::Speed;

/// Each half takes so long on the clock, whatever the machine; a round that has begun is ended.
const EACH: Duration = Duration::from_millis(200);
/// Rounds that a machine of speed 1 does in a second of its CPU.
const CALCULATED: f64 = 11_000.0;
const FETCHED: f64 = 8_800.0;
/// Places in memory, of 4 bytes each: more than is closest to a core, and no more than it has for itself, since what is beyond that
/// is as fast as its neighbours leave it.
const PLACES: u32 = 1 << 18;
/// Steps of a round through them.
const STEPS: u32 = 1 << 14;
/// Numbers of a round that are sorted.
const NUMBERS: u32 = 1 << 13;

/// Measures this machine. Takes half a second of a thread.
pub(super) fn calibrate() -> Speed {
    let mut dice = 1;
    let calculating = best(|| sort(&mut dice));
    let (links, mut place) = (links(), 0);
    let fetching = best(|| place = follow(&links, place));
    Speed::of((calculating / CALCULATED * (fetching / FETCHED)).sqrt())
}

/// Rounds a second, of the CPU's time, that it does where nothing is in the way.
fn best(mut round: impl FnMut()) -> f64 {
    let begun = Instant::now();
    let mut best = Duration::MAX;
    while begun.elapsed() < EACH {
        let before = cpu();
        round();
        best = best.min(cpu().saturating_sub(before)).max(Duration::from_nanos(1));
    }
    1.0 / best.as_secs_f64()
}

/// Time of the CPU that this thread has had.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let part = |part: i64| u64::try_from(part).unwrap_or(0);
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}

fn next(dice: &mut u32) -> u32 {
    *dice ^= *dice << 13;
    *dice ^= *dice >> 17;
    *dice ^= *dice << 5;
    *dice
}

/// Calculates, with branches that nobody can foresee.
fn sort(dice: &mut u32) {
    let mut numbers: Vec<u32> = (0..NUMBERS).map(|_| next(dice)).collect();
    numbers.sort_unstable();
    std::hint::black_box(&numbers);
}

/// Places of which each names the next, once around all of them and far apart.
fn links() -> Vec<u32> {
    // Odd, so that it comes to each place; and no step of it is close to the one before.
    (0..PLACES).map(|place| place.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) % PLACES).collect()
}

/// Goes from place to place: where to is known when the memory has answered.
fn follow(links: &[u32], from: u32) -> u32 {
    (0..STEPS).fold(from, |place, _| links[place as usize])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_way_through_the_memory_leads_to_each_place_and_far_from_the_one_before() {
        let links = links();
        let (mut place, mut seen, mut close) = (0, BTreeSet::new(), 0);
        while seen.insert(place) {
            let to = links[place as usize];
            close += usize::from(to.abs_diff(place) < 64);
            place = to;
        }
        assert_eq!(seen.len(), links.len(), "once around");
        assert!(close < links.len() / 100, "{close}");
    }

    #[test]
    fn it_is_measured_in_less_than_a_second_and_comes_out_alike() {
        let begun = Instant::now();
        let speeds = [calibrate(), calibrate()].map(Speed::factor);
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "twice, and built for tests: {:?}",
            begun.elapsed()
        );
        let (slow, fast) = (speeds[0].min(speeds[1]), speeds[0].max(speeds[1]));
        assert!(slow > 0.0 && fast / slow < 4.0, "{speeds:?}");
    }
}
