//! What is decided, event by event, without a container.

use proptest::prelude::*;

use super::*;

/// A sandbox that only remembers whom it has served.
#[derive(Debug, Default)]
struct Fake {
    runs: u32,
    served: Option<String>,
    fault: Option<RetireReason>,
}

impl Member for Fake {
    fn allows(&self, isolation: Isolation, user: Option<&str>) -> bool {
        match isolation {
            Isolation::Pooled => true,
            Isolation::PerUser => self.runs == 0 || self.served.as_deref() == user,
            Isolation::Fresh => self.runs == 0,
        }
    }

    fn note(&mut self, user: Option<&str>) {
        self.runs += 1;
        self.served = user.map(str::to_owned);
    }

    fn runs(&self) -> u32 {
        self.runs
    }

    fn fault(&self) -> Option<RetireReason> {
        self.fault
    }
}

/// Whoever waits, by number; all stay.
#[derive(Debug)]
struct Waiting(u32);

impl Ticket for Waiting {
    fn is_open(&self) -> bool {
        true
    }
}

/// A bank, its clock, and who has what.
struct Table {
    state: State<Fake, Waiting>,
    now: Instant,
    /// Who has which sandboxes, in which places.
    held: Vec<(u32, Vec<(usize, Fake)>)>,
    /// Places in which sandboxes are being made.
    making: Vec<usize>,
}

const NAMES: [&str; 3] = ["a", "b", "c"];
const AGE: Duration = Duration::from_secs(3600);

impl Table {
    /// With so many sandboxes of `a`, `b` and `c` kept, all of them made.
    fn new(warm: &[usize], places: usize, at_once: usize) -> Self {
        let mut table = Self::with_memory(warm, places, at_once, u64::MAX);
        table.make_all();
        table
    }

    fn with_memory(warm: &[usize], places: usize, at_once: usize, memory: u64) -> Self {
        Self::with(
            warm,
            places,
            Quota { at_once, memory, of_one: at_once, memory_of_one: memory, of_senders: false },
            1000,
        )
    }

    fn with(warm: &[usize], places: usize, quota: Quota, max_runs: u32) -> Self {
        let profiles = NAMES.iter().zip(warm).map(|(name, warm)| (Profile::Toolchain((*name).into()), *warm));
        let mut state = State::new(profiles.collect(), places, quota, Policy { max_runs, single_use: false });
        state.shelves.iter_mut().for_each(|shelf| shelf.listed = Some(image("1")));
        Self { state, now: Instant::now(), held: Vec::new(), making: Vec::new() }
    }

    /// What came of something, in words.
    fn tell(&mut self, effects: Vec<Effect<Fake, Waiting>>) -> String {
        let mut told = Vec::new();
        for effect in effects {
            told.push(match effect {
                Effect::Grant { ticket, sandboxes } => {
                    let places: Vec<_> = sandboxes.iter().map(|(place, _)| place.to_string()).collect();
                    let words = format!("{} gets {}", ticket.0, places.join("+"));
                    self.held.push((ticket.0, sandboxes));
                    words
                }
                Effect::Retire { place, reason, .. } => format!("{place} goes: {reason:?}"),
                Effect::Make { place, profile } => {
                    self.making.push(place);
                    format!("{} at {place}", NAMES[profile])
                }
            });
        }
        told.join(", ")
    }

    fn pass(&mut self, time: Duration) -> String {
        self.now += time;
        let effects = self.state.tick(self.now);
        self.tell(effects)
    }

    /// Somebody wants so many sandboxes, each with so much memory.
    fn want(&mut self, who: u32, profile: usize, isolation: Isolation, memory: &[u64]) -> String {
        self.now += Duration::from_millis(1);
        let user = Some(who.to_string());
        let want = Want { profile, isolation, user, memory: memory.to_vec() };
        let effects = self.state.line_up(want, Waiting(who), self.now);
        self.tell(effects)
    }

    fn lease(&mut self, who: u32, profile: usize) -> String {
        self.want(who, profile, Isolation::Pooled, &[0])
    }

    /// The sandbox that is being made in the first of the places is there.
    fn make(&mut self) -> String {
        self.now += Duration::from_millis(1);
        let place = self.making.remove(0);
        let effects = self.state.made(place, Fake::default(), self.now + AGE, self.now);
        self.tell(effects)
    }

    fn make_all(&mut self) {
        let effects = self.state.settle(self.now);
        self.tell(effects);
        while !self.making.is_empty() {
            self.make();
        }
    }

    fn fail(&mut self) {
        let place = self.making.remove(0);
        self.state.failed(place, "no image".into(), self.now);
    }

    fn give_back(&mut self, who: u32) -> String {
        self.now += Duration::from_millis(1);
        let at = self.held.iter().position(|(holder, _)| *holder == who).unwrap();
        let mut told = Vec::new();
        for (place, sandbox) in self.held.remove(at).1 {
            let effects = self.state.give_back(place, sandbox, self.now);
            told.push(self.tell(effects));
        }
        told.retain(|words| !words.is_empty());
        told.join(", ")
    }

    /// Gives back sandboxes that must go.
    fn break_and_give_back(&mut self, who: u32) -> String {
        for (_, sandboxes) in self.held.iter_mut().filter(|(holder, _)| *holder == who) {
            sandboxes.iter_mut().for_each(|(_, sandbox)| sandbox.fault = Some(RetireReason::Dirty));
        }
        self.give_back(who)
    }

    fn idle(&self) -> usize {
        self.state.shelves().map(|(_, _, tally, _)| tally.idle).sum()
    }

    fn waiting(&self) -> usize {
        self.state.shelves().map(|(.., waiting)| waiting).sum()
    }
}

#[test]
fn what_is_kept_is_made_first_and_a_place_stays_empty() {
    let mut table = Table::with_memory(&[2, 1], 4, 2, u64::MAX);
    let effects = table.state.settle(table.now);
    assert_eq!(table.tell(effects), "a at 0, a at 1, b at 2");
    assert_eq!(table.lease(1, 0), "");
    assert_eq!(table.make(), "1 gets 0");
}

#[test]
fn a_sandbox_of_another_image_is_made_when_it_is_first_needed_and_stays_warm() {
    let mut table = Table::new(&[2, 0], 4, 2);
    assert_eq!(table.lease(1, 1), "b at 2");
    assert_eq!(table.make(), "1 gets 2");
    assert_eq!(table.give_back(1), "");
    assert_eq!(table.lease(2, 1), "2 gets 2", "it is still there");
}

#[test]
fn the_sandbox_that_was_not_used_for_longest_makes_room_for_another_image() {
    let mut table = Table::new(&[1, 1, 0], 2, 2);
    table.lease(1, 0);
    table.give_back(1);
    assert_eq!(table.lease(2, 2), "1 goes: Room, c at 1", "b was not used since it was made");
    table.make();
    assert_eq!(table.lease(3, 1), "0 goes: Room, b at 0", "c is in use");
}

#[test]
fn no_more_are_in_use_than_may_be_whatever_the_mix() {
    let mut table = Table::new(&[2, 2], 5, 2);
    assert_eq!((table.lease(1, 0).as_str(), table.lease(2, 1).as_str()), ("1 gets 1", "2 gets 3"));
    assert_eq!(table.lease(3, 0), "");
    assert_eq!(table.give_back(2), "3 gets 0");
}

#[test]
fn as_many_of_one_image_are_made_as_may_be_in_use_and_no_more() {
    let mut table = Table::new(&[1, 1], 4, 3);
    table.lease(1, 0);
    assert_eq!(table.lease(2, 0), "a at 2");
    assert_eq!(table.lease(3, 0), "a at 3");
    assert_eq!(table.lease(4, 0), "");
}

#[test]
fn recycling_replaces_one_at_a_time_and_the_successor_comes_first() {
    let mut table = Table::new(&[2], 3, 2);
    let (count, effects) = table.state.recycle(None, table.now);
    assert_eq!((count, table.tell(effects).as_str()), (2, "a at 2"));
    assert_eq!(table.idle(), 2);
    assert_eq!(table.make(), "0 goes: Recycled, a at 0");
    assert_eq!(table.idle(), 2);
    assert_eq!(table.make(), "1 goes: Recycled");
    assert_eq!((table.idle(), table.pass(Duration::from_secs(1)).as_str()), (2, ""));
}

#[test]
fn where_no_place_is_empty_one_of_several_goes_before_its_successor_is_there() {
    let mut table = Table::new(&[2], 2, 2);
    let (_, effects) = table.state.recycle(None, table.now);
    assert_eq!(table.tell(effects), "0 goes: Recycled, a at 0");
    assert_eq!(table.idle(), 1);
}

#[test]
fn a_sandbox_in_use_when_all_are_recycled_goes_when_its_successor_is_there_and_it_is_back() {
    let mut table = Table::new(&[1], 2, 1);
    table.lease(1, 0);
    let (_, effects) = table.state.recycle(None, table.now);
    assert_eq!(table.tell(effects), "a at 1");
    assert_eq!(table.make(), "");
    assert_eq!(table.lease(2, 0), "");
    assert_eq!(table.give_back(1), "2 gets 1, 0 goes: Recycled");
}

#[test]
fn old_age_is_renewed_in_the_same_way() {
    let mut table = Table::new(&[1], 2, 1);
    assert_eq!(table.pass(AGE), "a at 1");
    assert_eq!(table.make(), "0 goes: MaxAge");
}

#[test]
fn while_no_successor_can_be_made_the_old_ones_serve() {
    let mut table = Table::new(&[1], 2, 1);
    let (_, effects) = table.state.recycle(None, table.now);
    table.tell(effects);
    table.fail();
    assert_eq!(table.pass(Duration::from_millis(900)), "");
    assert_eq!(table.lease(1, 0), "1 gets 0");
    assert_eq!(table.give_back(1), "");
    assert_eq!(table.pass(Duration::from_millis(200)), "a at 1", "and after a second it is tried again");
}

#[test]
fn what_could_not_be_made_in_one_place_is_tried_in_another() {
    let mut table = Table::with_memory(&[1], 2, 1, u64::MAX);
    let effects = table.state.settle(table.now);
    assert_eq!(table.tell(effects), "a at 0");
    for place in [1, 0, 1] {
        table.fail();
        assert_eq!(table.pass(Duration::from_secs(2)), format!("a at {place}"));
    }
    assert_eq!(table.make(), "");
    assert_eq!(table.idle(), 1);
}

#[test]
fn an_image_that_is_not_there_takes_no_place_from_others() {
    let mut table = Table::new(&[0, 0], 2, 2);
    assert_eq!(table.lease(1, 0), "a at 0");
    assert_eq!(table.lease(2, 0), "a at 1");
    table.fail();
    table.fail();
    assert_eq!(table.lease(3, 1), "b at 0", "one who waits for it holds up nobody");
    assert_eq!(table.make(), "3 gets 0");
    assert_eq!(table.pass(Duration::from_secs(2)), "a at 1", "it is tried again, once at a time");
}

#[test]
fn a_fresh_sandbox_is_made_beside_the_used_ones_and_another_makes_room_where_there_is_none() {
    let mut table = Table::new(&[1], 2, 1);
    table.lease(1, 0);
    table.give_back(1);
    assert_eq!(table.want(2, 0, Isolation::Fresh, &[0]), "a at 1");
    assert_eq!(table.lease(3, 0), "3 gets 0", "who takes any need not wait for that");
    assert_eq!(table.make(), "");
    assert_eq!(table.give_back(3), "2 gets 1");
    table.give_back(2);
    assert_eq!(table.want(4, 0, Isolation::Fresh, &[0]), "0 goes: Isolation, a at 0");
}

#[test]
fn a_group_gets_all_its_sandboxes_at_one_moment_and_those_it_lacks_are_made() {
    let mut table = Table::new(&[2], 9, 8);
    assert_eq!(table.want(1, 0, Isolation::Pooled, &[0; 5]), "a at 2, a at 3, a at 4");
    assert_eq!((table.make(), table.make()), (String::new(), String::new()));
    assert_eq!(table.make(), "1 gets 0+1+2+3+4");
}

#[test]
fn two_groups_overlap_where_they_fit_and_else_the_second_waits_for_the_first() {
    let mut table = Table::new(&[6], 7, 6);
    assert_eq!(table.want(1, 0, Isolation::Pooled, &[0; 3]), "1 gets 0+1+2");
    assert_eq!(table.want(2, 0, Isolation::Pooled, &[0; 3]), "2 gets 3+4+5");
    assert_eq!(table.want(3, 0, Isolation::Pooled, &[0; 4]), "");
    assert_eq!(table.want(4, 0, Isolation::Pooled, &[0]), "");
    assert_eq!(
        table.give_back(1),
        "",
        "nobody passes a group: it would wait for ever while single ones come"
    );
    assert_eq!(table.give_back(2), "3 gets 0+1+2+3, 4 gets 4");
}

#[test]
fn memory_is_set_aside_for_what_is_in_use() {
    let mut table = Table::with_memory(&[4], 5, 4, 100);
    table.make_all();
    assert_eq!(table.want(1, 0, Isolation::Pooled, &[40, 40]), "1 gets 0+1");
    assert_eq!(table.want(2, 0, Isolation::Pooled, &[30, 30]), "");
    assert_eq!(table.give_back(1), "2 gets 0+2");
    let taken = table.state.take(0, Isolation::Pooled, None, 41, table.now);
    assert_eq!(taken.map(|taken| taken.0), None);
    assert!(table.state.take(0, Isolation::Pooled, None, 40, table.now).is_some());
}

#[test]
fn one_who_holds_as_much_as_one_may_have_waits_and_others_pass() {
    let quota = Quota { at_once: 4, memory: 400, of_one: 3, memory_of_one: 300, of_senders: true };
    let mut table = Table::with(&[4], 5, quota, 1000);
    table.make_all();
    assert_eq!(table.want(1, 0, Isolation::Pooled, &[10; 3]), "1 gets 0+1+2");
    assert_eq!(table.want(1, 0, Isolation::Pooled, &[10]), "", "that would be all");
    assert!(table.state.take(0, Isolation::Pooled, Some("1"), 10, table.now).is_none());
    assert_eq!(table.want(2, 0, Isolation::Pooled, &[10]), "2 gets 3");
    assert_eq!(table.give_back(2), "", "it still waits for its own");
    assert_eq!(table.give_back(1), "1 gets 0");
    assert_eq!(table.want(1, 0, Isolation::Pooled, &[295]), "", "memory counts as well");
    assert_eq!(table.want(3, 0, Isolation::Pooled, &[295]), "3 gets 2");
}

#[test]
fn who_costs_sandboxes_waits_longer_each_time_and_nobody_else_does() {
    let mut table = Table::new(&[4], 6, 4);
    for _ in 0..4 {
        assert!(table.lease(1, 0).starts_with("1 gets"));
        assert!(table.break_and_give_back(1).contains("goes: Dirty"));
        table.make_all();
    }
    assert_eq!(table.lease(1, 0), "", "three were free");
    assert!(table.state.take(0, Isolation::Pooled, Some("1"), 0, table.now).is_none());
    assert!(table.lease(2, 0).starts_with("2 gets"), "others pass");
    assert_eq!(table.give_back(2), "");
    assert!(table.pass(Duration::from_millis(250)).starts_with("1 gets"));
    table.break_and_give_back(1);
    table.make_all();
    table.lease(1, 0);
    assert_eq!(table.pass(Duration::from_millis(450)), "");
    assert!(table.pass(Duration::from_millis(100)).starts_with("1 gets"));
    assert_eq!(table.give_back(1), "");
    table.pass(Duration::from_secs(60));
    assert!(table.lease(1, 0).starts_with("1 gets"), "all is forgotten");
}

#[test]
fn a_successor_is_there_before_the_last_run_was_done_and_no_sandbox_does_more_than_its_number() {
    let quota = Quota { at_once: 1, memory: 0, of_one: 1, memory_of_one: 0, of_senders: false };
    let mut table = Table::with(&[1], 2, quota, 10);
    table.make_all();
    for _ in 0..8 {
        table.lease(1, 0);
        assert_eq!(table.give_back(1), "");
    }
    table.lease(1, 0);
    assert_eq!(table.give_back(1), "a at 1", "nine of ten were done");
    assert_eq!(table.lease(1, 0), "1 gets 0", "it serves while its successor is made");
    assert_eq!(table.give_back(1), "0 goes: MaxRuns");
    assert_eq!(table.make(), "");
    for _ in 0..9 {
        table.lease(1, 0);
        table.give_back(1);
    }
    assert_eq!(table.make(), "1 goes: MaxRuns");
    assert_eq!(table.idle(), 1, "there was always one");
}

#[test]
fn what_nobody_has_used_for_long_goes_but_not_what_is_always_kept() {
    let mut table = Table::new(&[1, 0], 4, 2);
    table.lease(1, 1);
    table.make();
    table.give_back(1);
    assert_eq!(table.pass(UNUSED - Duration::from_secs(1)), "");
    assert_eq!(table.pass(Duration::from_secs(2)), "1 goes: Unused");
    assert_eq!(table.pass(UNUSED), "");
}

#[test]
fn nothing_is_made_or_handed_out_after_the_end() {
    let mut table = Table::new(&[2], 3, 2);
    table.lease(1, 0);
    let effects = table.state.close();
    assert_eq!(table.tell(effects), "0 goes: Stopping");
    assert_eq!(table.give_back(1), "1 goes: Stopping");
    assert_eq!(table.pass(AGE), "");
}

/// What may happen to a bank.
#[derive(Debug, Clone)]
enum Event {
    Want { profile: usize, isolation: Isolation, count: usize },
    GiveBack(usize),
    Make,
    Fail,
    Recycle,
    Pass(u64),
}

fn event() -> impl Strategy<Value = Event> {
    // Groups take any sandboxes; the others one.
    let wanted = prop_oneof![
        6 => (1..4usize).prop_map(|count| (Isolation::Pooled, count)),
        1 => Just((Isolation::PerUser, 1)),
        1 => Just((Isolation::Fresh, 1))
    ];
    prop_oneof![
        4 => (0..3usize, wanted)
            .prop_map(|(profile, (isolation, count))| Event::Want { profile, isolation, count }),
        4 => (0..8usize).prop_map(Event::GiveBack),
        4 => Just(Event::Make),
        1 => Just(Event::Fail),
        1 => Just(Event::Recycle),
        1 => (1..1000u64).prop_map(Event::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order: the quota holds, and when all comes back everybody is served.
    #[test]
    fn everybody_is_served_in_the_end(events in proptest::collection::vec(event(), 0..120), places in 4..7usize) {
        let mut table = Table::with_memory(&[1, 1, 0], places, 3, 1000);
        table.make_all();
        let mut who = 0;
        for event in events {
            match event {
                Event::Want { profile, isolation, count } => {
                    who += 1;
                    table.want(who, profile, isolation, &vec![300; count]);
                }
                Event::GiveBack(at) => {
                    if let Some((holder, _)) = table.held.get(at % table.held.len().max(1)) {
                        table.give_back(*holder);
                    }
                }
                Event::Make if !table.making.is_empty() => drop(table.make()),
                Event::Fail if !table.making.is_empty() => table.fail(),
                Event::Recycle => {
                    let (_, effects) = table.state.recycle(None, table.now);
                    table.tell(effects);
                }
                Event::Pass(seconds) => drop(table.pass(Duration::from_secs(seconds))),
                Event::Make | Event::Fail => {}
            }
            let in_use: usize = table.held.iter().map(|(_, sandboxes)| sandboxes.len()).sum();
            prop_assert!(in_use <= 3, "{in_use} are in use");
        }
        for _ in 0..1000 {
            if table.waiting() == 0 {
                break;
            }
            table.pass(Duration::from_secs(2));
            if !table.making.is_empty() {
                table.make();
            } else if let Some((holder, _)) = table.held.first() {
                table.give_back(*holder);
            }
        }
        prop_assert_eq!(table.waiting(), 0, "{:#?}", table.state);
    }
}

fn image(id: &str) -> Listed {
    Listed::Image(id.into())
}

impl Table {
    fn look_up(&mut self, profile: usize, found: Listed) -> String {
        let effects = self.state.look_up(profile, found, "there is no image".into(), self.now);
        self.tell(effects)
    }

    fn shelf(&self, profile: usize) -> &Shelf {
        self.state.shelves().nth(profile).unwrap().0
    }
}

#[test]
fn what_has_no_image_is_not_tried_and_made_as_soon_as_there_is_one() {
    let mut table = Table::with_memory(&[1, 0], 4, 2, u64::MAX);
    assert_eq!(table.look_up(0, Listed::Nothing), "");
    assert!(table.shelf(0).no_image && table.shelf(0).last_error.is_some());
    for _ in 0..10 {
        table.now += LONGEST_PAUSE;
        let effects = table.state.tick(table.now);
        assert_eq!(table.tell(effects), "", "nothing is tried");
    }
    let made = table.look_up(0, image("1"));
    assert_eq!(made, "a at 0");
    assert!(!table.shelf(0).no_image && table.shelf(0).last_error.is_none());
    assert_eq!(table.look_up(0, image("1")), "", "that is no news");
}

/// Before the first look at the images, and for what has none: what others have is not given up for it.
#[test]
fn nothing_has_to_go_for_what_may_have_no_image() {
    for listed in [None, Some(Listed::Nothing)] {
        let mut table = Table::new(&[2, 0], 2, 2);
        table.state.shelves[1].listed = listed;
        assert_eq!(table.lease(1, 1), "", "all places are taken");
        for _ in 0..10 {
            assert_eq!(table.pass(LONGEST_PAUSE), "", "nothing is given up");
        }
        assert_eq!(table.lease(2, 0), "2 gets 1", "nobody is held up");
        table.give_back(2);
        assert_eq!(table.look_up(1, image("1")), "0 goes: Room, b at 0");
    }
    // Where there is room, it may be tried at once what nobody has looked up.
    let mut table = Table::new(&[1, 0], 2, 2);
    table.state.shelves[1].listed = None;
    assert_eq!(table.lease(1, 1), "b at 1");
}

#[test]
fn what_is_made_of_an_image_that_was_replaced_is_renewed() {
    let mut table = Table::new(&[1, 0], 4, 2);
    table.look_up(0, image("1"));
    table.state.shelves[0].image = Some("1".into());
    let renewed = table.look_up(0, image("2"));
    assert!(renewed.starts_with("a at "), "{renewed}");
    assert_eq!(table.shelf(0).image, None, "nobody finds what the old one has compiled");
    assert_eq!(table.look_up(1, image("1")), "");
}

#[test]
fn what_only_the_self_test_uses_goes_soon_and_its_use_keeps_nothing() {
    let mut table = Table::with_memory(&[0], 4, 2, u64::MAX);
    let use_once = |table: &mut Table, user: &str| {
        let (place, sandbox) = match table.state.take(0, Isolation::Pooled, Some(user), 0, table.now) {
            Some(taken) => taken,
            None => {
                let want = Want {
                    profile: 0,
                    isolation: Isolation::Pooled,
                    user: Some(user.into()),
                    memory: vec![0],
                };
                let effects = table.state.line_up(want, Waiting(9), table.now);
                table.tell(effects);
                table.make_all();
                table.held.pop().unwrap().1.pop().unwrap()
            }
        };
        drop(table.state.give_back(place, sandbox, table.now));
    };
    let alive = |table: &Table| table.state.tally(0).alive();
    use_once(&mut table, SELF_TEST);
    table.now += TESTED;
    drop(table.state.tick(table.now));
    assert_eq!(alive(&table), 0, "nobody else has used it");
    use_once(&mut table, "alice");
    for _ in 0..15 {
        assert_eq!(alive(&table), 1);
        table.now += UNUSED / 15;
        use_once(&mut table, SELF_TEST);
    }
    drop(table.state.tick(table.now));
    assert_eq!(alive(&table), 0, "alice has not used it for long");
}
