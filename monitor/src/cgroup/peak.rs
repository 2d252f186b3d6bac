//! How much memory a run had at most.
//!
//! The kernel takes memory out of a leaf's account ahead, so many pages at a time for each CPU, and counts those as used.
//! So its own figure for the peak of one program differs from run to run by which CPUs it happened to be on: by 256 KiB
//! each. Within that, the pages that the run's processes have touched tell more.
//!
//! Near a limit it asks the other CPUs for what they have charged ahead, but does not wait for them to give it back; where
//! these are busy it kills a run that has less than its limit. So a run may have more by that before the kernel kills it
//! ([`ahead_of_others`]), and whether it has had more than its limit is judged by its figures.

use gavel_protocol::Bytes;

/// What the kernel charges ahead for a CPU, in pages (MEMCG_CHARGE_BATCH; half of it before Linux 5.16).
const PAGES_AHEAD: u64 = 64;

/// Hardly any run leaves pages behind on more CPUs than this.
const CPUS: u32 = 4;

/// The kernel's own memory for a process: page tables, above all.
const PROCESS: u64 = 56 * 1024;

/// By how much more than a run has had may be likely: what is read before it is written is touched twice.
const DOUBT: u64 = 64 * 1024;

/// What is known of a run's peak.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Peak {
    /// As the kernel counted.
    counted: u64,
    least: u64,
    most: u64,
    /// The kernel's own memory is no less than this,
    kernel_least: u64,
    /// and no more.
    kernel_most: u64,
}

/// The kernel's figures of a leaf before a run, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Floor {
    /// All memory.
    pub(super) all: u64,
    /// The kernel's own.
    pub(super) kernel: u64,
}

impl Peak {
    /// About so much, from the highest figures of a leaf that had this in it before; `kernel` where the kernel counts its own apart. What
    /// an earlier run has left may go at any time, so that the kernel's memory of this one is known no better than this. `files` is
    /// what is in it now of files on disks, which the program happened to be the first to read: those of the image, above all.
    pub(super) fn of(all: u64, kernel: Option<u64>, before: Floor, files: u64) -> Self {
        // What is not counted apart may be as much again as is likely.
        let unknown = if kernel.is_none() { PROCESS } else { 0 };
        let ahead = charged_ahead() + ahead_of_others() + unknown;
        let kernel_most = kernel.unwrap_or(PROCESS);
        Self {
            counted: all.saturating_sub(files),
            most: all.saturating_add(charged_ahead()),
            least: all.saturating_sub(before.all).saturating_sub(ahead).saturating_sub(files),
            kernel_least: kernel_most.saturating_sub(before.kernel).max(kernel_most.min(PROCESS)),
            kernel_most,
        }
    }

    /// The likely peak, where the processes of the run have touched so much. Where that cannot be all of it, since files in
    /// memory are written and large pages touched by one fault, it is the highest figure; so it is where much was given
    /// back and touched again.
    pub(crate) fn given(self, touched: Touched) -> Bytes {
        Bytes(self.likely(touched).unwrap_or(self.counted))
    }

    /// It was more than this, in all likelihood; where nothing is likely, for certain.
    pub(crate) fn is_over(self, limit: Bytes, touched: Touched) -> bool {
        let certain = self.likely(touched).map_or(self.least, |likely| likely.saturating_sub(DOUBT));
        self.counted > limit.get() && certain > limit.get()
    }

    fn likely(self, touched: Touched) -> Option<u64> {
        let pages = touched.bytes();
        // What an earlier run had left may have gone meanwhile: what this one's pages need of tables tells how much was its own.
        let kernel = (PROCESS + tables(pages)).clamp(self.kernel_least, self.kernel_most);
        // Where all was charged ahead that may be, what is certain is a little more than that, by pages of the kernel's.
        let likely = pages.saturating_add(kernel);
        let likely = if likely.saturating_add(DOUBT) >= self.least { likely.max(self.least) } else { likely };
        (self.least..=self.most).contains(&likely).then_some(likely)
    }
}

/// What a run's processes did to memory, as rusage(2) has it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Touched {
    /// Page faults.
    pub(crate) faults: u64,
    /// The largest resident set, in bytes.
    pub(crate) resident: u64,
}

impl Touched {
    /// Without pages of files, which are charged to whoever was the first to read them. A fault on one of these maps those
    /// around it too, 64 KiB in all (`fault_around_bytes`), so that their number shows in how much is resident.
    fn bytes(self) -> u64 {
        let touched = self.faults.saturating_mul(page());
        let around = AROUND.saturating_sub(page()).max(page());
        let of_files = self.resident.saturating_sub(touched) / around;
        self.faults.saturating_sub(of_files).saturating_mul(page())
    }
}

const AROUND: u64 = 64 * 1024;

/// The page tables of so many bytes, a page for as many entries as it has room for.
fn tables(bytes: u64) -> u64 {
    bytes / page() / (page() / 8) * page()
}

/// By how much any of the kernel's figures may be off: it adds up what its CPUs have counted when it is this much.
pub(super) fn unsure() -> u64 {
    u64::from(cpus()) * charged_ahead()
}

/// What the kernel charges ahead for a CPU, in bytes: on arm64 a page may have 64 KiB.
pub(super) fn charged_ahead() -> u64 {
    PAGES_AHEAD * page()
}

/// What other CPUs than the one that a run is on may have charged ahead for it.
pub(super) fn ahead_of_others() -> u64 {
    u64::from(cpus().clamp(1, CPUS) - 1) * charged_ahead()
}

fn cpus() -> u32 {
    rustix::thread::sched_getaffinity(None).map_or(1, |cpus| cpus.count())
}

/// Bytes of a page.
pub(crate) fn page() -> u64 {
    u64::try_from(rustix::param::page_size()).unwrap_or(4096)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIB: u64 = 1024;

    fn peak(all: u64, kernel: u64, before: (u64, u64)) -> Peak {
        let before = Floor { all: before.0 * KIB, kernel: before.1 * KIB };
        Peak::of(all * KIB, Some(kernel * KIB), before, 0)
    }

    fn touched(faults: u64) -> Touched {
        Touched { faults, resident: faults * page() }
    }

    #[test]
    fn what_is_charged_ahead_does_not_count() {
        let likely = 56 * KIB + 27 * page();
        for all in [256, 280, 340, 512] {
            assert_eq!(peak(all, 56, (0, 0)).given(touched(27)), Bytes(likely), "{all}");
        }
    }

    #[test]
    fn where_all_is_charged_ahead_that_may_be_the_figure_is_the_same_but_for_some_pages() {
        let ahead = (charged_ahead() + ahead_of_others()) / KIB;
        let likely = 56 + 27 * page() / KIB;
        for more in [0, 4, 64] {
            assert_eq!(
                peak(likely + more + ahead, 56, (0, 0)).given(touched(27)),
                Bytes((likely + more) * KIB)
            );
        }
        let files_in_memory = likely + 65 + ahead;
        assert_eq!(peak(files_in_memory, 56, (0, 0)).given(touched(27)), Bytes(files_in_memory * KIB));
    }

    #[test]
    fn what_an_earlier_run_has_left_does_not_count() {
        let likely = Bytes(56 * KIB + 27 * page());
        assert_eq!(peak(788, 540, (532, 480)).given(touched(27)).get(), likely.get() + 4 * KIB);
        assert_eq!(peak(920, 100, (664, 580)).given(touched(27)), likely);
    }

    #[test]
    fn page_tables_count_alike_whatever_an_earlier_run_has_left_of_its_own() {
        let (pages, tables) = (255 * 256, 508);
        let all = pages * page() / KIB + 56 + tables;
        let alone = peak(all, 56 + tables, (0, 0)).given(touched(pages));
        assert_eq!(alone, Bytes(all * KIB));
        // Its 560 KiB are still there when the next begins, and gone when that has its own.
        for left in [100, 300, 560] {
            assert_eq!(peak(all, 56 + tables, (left, left)).given(touched(pages)), alone, "{left}");
        }
        // They are there all the time.
        assert_eq!(peak(all + 560, 56 + tables + 560, (560, 560)).given(touched(pages)), alone);
    }

    #[test]
    fn where_the_kernels_own_is_not_counted_apart_it_is_known_less_well() {
        let ahead = charged_ahead() + ahead_of_others();
        let likely = 12 * page() + PROCESS;
        for more in [0, PROCESS] {
            let peak = Peak::of(likely + ahead + more, None, Floor::default(), 0);
            assert_eq!(peak.given(touched(12)), Bytes(likely), "{more}");
        }
        let counted = likely + ahead + PROCESS + DOUBT + 1;
        assert_eq!(Peak::of(counted, None, Floor::default(), 0).given(touched(12)), Bytes(counted));
    }

    #[test]
    fn where_pages_do_not_tell_the_kernel_does() {
        let highest = Bytes(16_692 * KIB);
        assert_eq!(peak(16_692, 108, (0, 0)).given(touched(1 << 20)), highest, "pages touched again");
        assert_eq!(peak(16_692, 108, (0, 0)).given(touched(1)), highest, "a file in memory");
    }

    #[test]
    fn over_the_limit_is_what_likely_was_and_else_what_was_for_certain() {
        let limit = Bytes::mib(16);
        let over = |all: u64, faults: u64| peak(all, 56, (0, 0)).is_over(limit, touched(faults));
        let [within, beyond] = [16_384 + 64, 16_384 + 80].map(|all: u64| (all - 56) * KIB / page());
        assert!(!over(16_600, within), "touched twice, or charged ahead");
        assert!(over(16_600, beyond), "touched");
        assert!(!over(16_384, beyond), "touched again");
        // Files in memory are written without a fault.
        let ahead = (charged_ahead() + ahead_of_others()) / KIB;
        assert!(!over(16_384 + ahead, 1), "perhaps charged ahead");
        assert!(over(16_384 + ahead + 1, 1), "more than is charged ahead");
    }

    #[test]
    fn files_that_the_program_was_the_first_to_read_do_not_count() {
        let peak = Peak::of(40_000 * KIB, Some(56 * KIB), Floor::default(), 32_000 * KIB);
        assert_eq!(peak.given(touched(2500)), Bytes(56 * KIB + 2500 * page()));
        assert_eq!(peak.given(touched(1 << 20)), Bytes(8_000 * KIB), "pages touched again");
        assert_eq!(peak.given(touched(1)), Bytes(8_000 * KIB), "a file in memory");
    }

    #[test]
    fn pages_of_files_do_not_count() {
        // Python's start: 100 of its faults were on files, with fifteen pages around each.
        let python = Touched { faults: 825, resident: (825 + 100 * (AROUND / page() - 1)) * page() };
        assert_eq!(python.bytes(), 725 * page());
        assert_eq!(Touched { faults: 3, resident: u64::MAX }.bytes(), 0);
    }
}
