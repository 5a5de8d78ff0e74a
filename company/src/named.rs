//! Names that flows use. A flow names queues and people as administrators do; whoever renames one does not think of it. So
//! the flows follow a new name in the same transaction, and what would leave a flow with a name that means nothing, or two
//! people, is refused. Pure: the texts are read by the room that runs them, through [`FlowText`].

use crate::book::{Book, Kept};
use crate::edit::{EditError, FieldFault};
use crate::items::Flow;

/// What a flow names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    Queue,
    Agent,
}

/// What the texts of flows say.
pub trait FlowText: Sync {
    fn names(&self, yaml: &str, what: Named, name: &str) -> bool;
    /// The text with a new name in place of the old one; none where only a person can rewrite it.
    fn renamed(&self, yaml: &str, what: Named, old: &str, new: &str) -> Option<String>;
}

/// A name flows may use, before and after an edit; none where there is none to use.
pub(crate) struct Renaming<'a> {
    pub before: Option<(Named, &'a str)>,
    pub after: Option<(Named, &'a str)>,
}

impl Renaming<'_> {
    /// The flows as they must become, where `book` is the company after the edit.
    ///
    /// # Errors
    /// [`EditError::InUse`] where flows would name nothing, [`EditError::Invalid`] where they would name two.
    pub fn followed(&self, book: &Book, text: &dyn FlowText) -> Result<Vec<Kept<Flow>>, EditError> {
        if self.before == self.after {
            return Ok(Vec::new());
        }
        let flows = || book.flows.values();
        let title = |flow: &Kept<Flow>| format!("flow {}", flow.item.name);
        let mut changed = Vec::new();
        if let Some((what, old)) = self.before
            // Somebody else is called so still: that one is meant.
            && bearers(book, what, old) == 0
        {
            let using = || flows().filter(|flow| text.names(&flow.item.yaml, what, old));
            let mut by_hand = Vec::new();
            for flow in using() {
                let yaml = self.after.and_then(|(_, new)| text.renamed(&flow.item.yaml, what, old, new));
                match yaml {
                    Some(yaml) => changed.push(Kept { item: Flow { yaml, ..flow.item.clone() }, ..flow.clone() }),
                    None => by_hand.push(title(flow)),
                }
            }
            if !by_hand.is_empty() {
                return Err(EditError::InUse(by_hand));
            }
        }
        if let Some((what, new)) = self.after
            && bearers(book, what, new) > 1
        {
            let using = flows().filter(|flow| text.names(&flow.item.yaml, what, new)).chain(&changed);
            let using: Vec<String> = using.map(title).collect();
            if !using.is_empty() {
                let message =
                    format!("somebody else is called `{new}`, and {} would not know who is meant", using.join(", "));
                return Err(EditError::Invalid(vec![FieldFault { field: "name".into(), rule: "unique", message }]));
            }
        }
        Ok(changed)
    }
}

/// How many are called so, of those whom flows may name.
fn bearers(book: &Book, what: Named, name: &str) -> usize {
    match what {
        Named::Queue => book.queues.values().filter(|kept| kept.item.name == name).count(),
        Named::Agent => book.agents.values().filter(|kept| kept.item.active && kept.item.name == name).count(),
    }
}
