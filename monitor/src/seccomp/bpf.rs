//! Instructions of a filter, and the few patterns that it is made of.

use libc::sock_filter;

/// Offsets in `struct seccomp_data`.
pub(super) const NUMBER_OFFSET: u32 = 0;
pub(super) const ARCH_OFFSET: u32 = 4;

pub(super) const BPF_LD_ABS: u16 = 0x20;
pub(super) const BPF_JA: u16 = 0x05;
pub(super) const BPF_JEQ: u16 = 0x15;
pub(super) const BPF_JGE: u16 = 0x35;
pub(super) const BPF_JSET: u16 = 0x45;
pub(super) const BPF_AND: u16 = 0x54;
pub(super) const BPF_RET: u16 = 0x06;

pub(super) const KILL: u32 = 0x8000_0000;
pub(super) const ERRNO: u32 = 0x0005_0000;
pub(super) const NOTIFY: u32 = libc::SECCOMP_RET_USER_NOTIF;
pub(super) const ALLOW: u32 = 0x7fff_0000;

/// The low half of an argument, which is all that the kernel reads of an `int`; both supported architectures are
/// little-endian.
pub(super) fn argument_offset(argument: u32) -> u32 {
    16 + 8 * argument
}

pub(super) fn load(offset: u32) -> sock_filter {
    sock_filter { code: BPF_LD_ABS, jt: 0, jf: 0, k: offset }
}

/// Keeps these bits of what was loaded.
pub(super) fn and(bits: u32) -> sock_filter {
    sock_filter { code: BPF_AND, jt: 0, jf: 0, k: bits }
}

pub(super) fn jump(comparison: u16, with: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code: comparison, jt, jf, k: with }
}

pub(super) fn answer(value: u32) -> sock_filter {
    sock_filter { code: BPF_RET, jt: 0, jf: 0, k: value }
}

/// The call fails with this; 0 = it succeeds, and nothing was done.
pub(super) fn error(errno: i32) -> sock_filter {
    answer(ERRNO | errno.unsigned_abs())
}

/// From number `first` on, goes past the next `length` instructions. A conditional jump reaches 255 of them only.
pub(super) fn beyond(first: u32, length: usize) -> Vec<sock_filter> {
    if let Ok(near) = u8::try_from(length) {
        return vec![jump(BPF_JGE, first, near, 0)];
    }
    let far = u32::try_from(length).unwrap_or(u32::MAX);
    vec![jump(BPF_JGE, first, 0, 1), sock_filter { code: BPF_JA, jt: 0, jf: 0, k: far }]
}

/// What to answer where an argument is one of these.
pub(super) type Case<'a> = (&'a [u32], sock_filter);

/// Answers by an argument's value.
pub(super) fn by_value(argument: u32, cases: &[Case<'_>], other: sock_filter) -> Vec<sock_filter> {
    let mut program = vec![load(argument_offset(argument))];
    for (values, found) in cases {
        for value in *values {
            program.extend([jump(BPF_JEQ, *value, 0, 1), *found]);
        }
    }
    program.push(other);
    program
}

/// Answers so where an argument has one of these bits, and lets all else pass.
pub(super) fn by_bits(argument: u32, bits: u32, found: sock_filter) -> Vec<sock_filter> {
    vec![load(argument_offset(argument)), jump(BPF_JSET, bits, 0, 1), found, answer(ALLOW)]
}

/// Goes on where an argument is this, all 64 bits of it, and else past the next `skip` instructions.
pub(super) fn only_with(argument: u32, word: u64, skip: u8) -> [sock_filter; 4] {
    let [low, high] = [word, word >> 32].map(|half| u32::try_from(half & 0xffff_ffff).unwrap_or(0));
    let offset = argument_offset(argument);
    [load(offset), jump(BPF_JEQ, low, 0, skip + 2), load(offset + 4), jump(BPF_JEQ, high, 0, skip)]
}
