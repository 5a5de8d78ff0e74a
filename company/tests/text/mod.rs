//! Flows for tests: the room that runs the real ones stands beside this one.

use company::{FlowText, Named};

/// Flows in which a name stands on a line of its own, `queue: name`; in a comment it stands where no program rewrites it.
pub struct Lines;

impl Lines {
    fn line(what: Named, name: &str) -> String {
        let key = if what == Named::Queue { "queue" } else { "agent" };
        format!("{key}: {name}")
    }
}

impl FlowText for Lines {
    fn names(&self, yaml: &str, what: Named, name: &str) -> bool {
        yaml.lines().any(|line| line.trim_start_matches('#').trim() == Self::line(what, name))
    }

    fn renamed(&self, yaml: &str, what: Named, old: &str, new: &str) -> Option<String> {
        let done = yaml.replace(&Self::line(what, old), &Self::line(what, new));
        (!yaml.contains('#')).then_some(done)
    }
}
