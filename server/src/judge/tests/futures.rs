//! How large the futures of a judging are: each is moved from place to place of a worker's stack while it is made, and has those that it
//! awaits in itself, unless they are boxed.

use super::*;
use crate::sandbox::{Lease as _, LeasedSandbox, Pool, Program};

/// Of a stack of 2 MiB, which is a worker's, a build that is not optimised takes several times the size of each.
const MOST: usize = 32 * 1024;

fn size<F: Future>(_: impl FnOnce() -> F) -> usize {
    size_of::<F>()
}

fn only_a_type<T>() -> T {
    unreachable!("nothing of it is called")
}

#[test]
fn futures_of_a_judging_are_small() {
    type Here = Local<Pool>;
    let sizes = [
        ("run", size(|| only_a_type::<&mut LeasedSandbox>().run(only_a_type::<Program>(), only_a_type()))),
        ("compile", size(|| only_a_type::<&Here>().compile(only_a_type(), only_a_type()))),
        ("case", size(|| only_a_type::<&Here>().run_case(only_a_type(), only_a_type(), only_a_type()))),
        ("pair", size(|| only_a_type::<&Here>().run_pair(only_a_type(), only_a_type(), only_a_type()))),
        ("judge", size(|| only_a_type::<&Judge<Here>>().judge(only_a_type(), only_a_type(), only_a_type()))),
    ];
    let large: Vec<_> = sizes.iter().filter(|(_, size)| *size > MOST).collect();
    assert!(large.is_empty(), "{sizes:?}");
}
