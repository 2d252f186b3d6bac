//! Whose turn it is where tasks are dealt out by weight, whether a node has room or not: smooth weighted round robin.

use std::collections::BTreeMap;

/// How much each is owed.
#[derive(Debug)]
pub(super) struct Turns<K>(BTreeMap<K, f64>);

impl<K> Default for Turns<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Clone> Turns<K> {
    /// Whose turn it is among these, of whom each has it as often as its weight says, as evenly as that can be. None where there
    /// is nobody. Who is not among them, as it cannot do this, is owed as much as before; who has gone is owed nothing any more.
    pub(super) fn next(&mut self, weights: &BTreeMap<K, f64>, is_there: impl Fn(&K) -> bool) -> Option<K> {
        self.0.retain(|who, _| weights.contains_key(who) || is_there(who));
        for (who, weight) in weights {
            *self.0.entry(who.clone()).or_default() += weight;
        }
        let able = self.0.iter().filter(|(who, _)| weights.contains_key(*who));
        let next = able.max_by(|(_, one), (_, other)| one.total_cmp(other));
        let next = next.map(|(who, _)| who.clone())?;
        if let Some(owed) = self.0.get_mut(&next) {
            *owed -= weights.values().sum::<f64>();
        }
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_turn_by_its_weight_and_none_has_all_of_them_in_a_row() {
        let weights = BTreeMap::from([("fast", 4.0), ("half", 2.0), ("slow", 1.0)]);
        let mut turns = Turns::default();
        let dealt: Vec<_> = (0..14).filter_map(|_| turns.next(&weights, |_| true)).collect();
        let row = ["fast", "half", "fast", "slow", "fast", "half", "fast"];
        assert_eq!(dealt, [row, row].concat());
    }

    #[test]
    fn who_has_gone_has_no_turn_and_who_comes_back_is_owed_none() {
        let both = BTreeMap::from([("a", 1.0), ("b", 3.0)]);
        let mut all = Turns::default();
        let mut next = |weights: &BTreeMap<&'static str, f64>| all.next(weights, |who| *who == "b");
        assert_eq!([next(&both), next(&both)], [Some("b"), Some("b")], "it is the other's turn");
        assert_eq!(next(&BTreeMap::from([("b", 3.0)])), Some("b"), "and that has gone");
        assert_eq!([next(&both), next(&both)], [Some("b"), Some("a")]);
        assert_eq!(next(&BTreeMap::new()), None);
    }

    #[test]
    fn who_can_do_less_than_others_has_its_part_of_what_it_can_do() {
        let all = BTreeMap::from([("large", 2.0), ("small", 1.0)]);
        let large = BTreeMap::from([("large", 2.0)]);
        let mut turns = Turns::default();
        let mut of_all = Vec::new();
        for _ in 0..6 {
            of_all.extend(turns.next(&all, |_| true));
            assert_eq!(turns.next(&large, |_| true), Some("large"));
        }
        assert_eq!(of_all.iter().filter(|who| **who == "small").count(), 2, "{of_all:?}");
    }
}
