//! What the nodes of a cluster have done that no honest one does, or what they lack.

use super::Finding;
use crate::operations::NodeView;

const WHAT: &str = "nodes";
/// Nodes that are told of.
const MOST: usize = 50;

/// Looks at the machines that judge for this server; nothing where its own judges alone.
pub(crate) fn examine(nodes: &[NodeView]) -> Vec<Finding> {
    let odd: Vec<_> = nodes.iter().filter(|node| !node.faults.is_empty()).take(MOST).map(of).collect();
    if odd.is_empty() && !nodes.is_empty() {
        return vec![Finding::good(WHAT, format!("{}: none has done what it should not", nodes.len()))];
    }
    odd
}

fn of(node: &NodeView) -> Finding {
    let NodeView { name, faults, .. } = node;
    let remedy = format!(
        "look at its machine and its log; `gavel nodes undrain {name}`, where it was drained, once it is well"
    );
    Finding::warning(WHAT, format!("{name}: {}", faults.join("; ")), remedy)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Level;
    use super::*;
    use crate::operations::NodeState;

    fn node(name: &str, faults: &[&str]) -> NodeView {
        NodeView {
            name: name.into(),
            state: NodeState::Ready,
            version: "0".into(),
            credits: 1,
            compilations: 1,
            speed: None,
            weight: 1.0,
            busy: 0,
            done: 0,
            failures: 0,
            faults: faults.iter().map(|fault| (*fault).to_owned()).collect(),
            silent_ms: 0,
            images: BTreeMap::new(),
        }
    }

    #[test]
    fn a_node_that_has_faults_is_told_of_with_all_of_them() {
        assert_eq!(examine(&[]), []);
        let good = examine(&[node("a", &[]), node("b", &[])]);
        assert_eq!((good.len(), good[0].level), (1, Level::Good));
        let found =
            examine(&[node("a", &[]), node("b", &["the disk is full", "a known program came to Accepted"])]);
        assert_eq!((found.len(), found[0].level), (1, Level::Warning));
        assert_eq!(found[0].found, "b: the disk is full; a known program came to Accepted");
        assert!(found[0].remedy.as_deref().unwrap().contains("undrain b"));
    }
}
