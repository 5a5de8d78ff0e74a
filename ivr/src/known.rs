//! What a flow may refer to, gathered from the company and the prompt library before compiling.

use std::collections::{BTreeMap, BTreeSet};

use contract::{AgentId, Directory, QueueId};

use crate::Language;

/// Names that exist. A flow naming anything else is refused.
#[derive(Debug, Clone)]
pub struct Known {
    pub queues: BTreeMap<String, QueueId>,
    /// By display name; a name that two agents share is `None` and cannot be used.
    pub agents: BTreeMap<String, Option<AgentId>>,
    /// Prompt names of the library, per language.
    pub prompts: BTreeMap<Language, BTreeSet<String>>,
    pub lists: BTreeSet<String>,
    pub flows: BTreeSet<String>,
    /// IANA zone in which hours are counted.
    pub zone: String,
    /// Spoken before a caller has chosen.
    pub language: Language,
    /// A text-to-speech command is configured, so flows may speak text.
    pub speech: bool,
}

impl Known {
    /// From the company as it is now. `prompts`: what the library holds; `speech`: whether text can be spoken.
    #[must_use]
    pub fn of(directory: &Directory, prompts: BTreeMap<Language, BTreeSet<String>>, speech: bool) -> Self {
        let mut agents = BTreeMap::new();
        for agent in directory.agents.values() {
            agents.entry(agent.name.clone()).and_modify(|id| *id = None).or_insert(Some(agent.id));
        }
        Self {
            queues: directory.queues.values().map(|queue| (queue.name.clone(), queue.id)).collect(),
            agents,
            prompts,
            lists: directory.lists.keys().cloned().collect(),
            flows: directory.flows.keys().cloned().collect(),
            zone: directory.company.zone.clone(),
            language: Language::parse(&directory.company.language).unwrap_or(Language::ZhCn),
            speech,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::directory::Agent;

    #[test]
    fn a_name_that_two_agents_share_names_neither() {
        let agent = |id, name: &str| Agent {
            id: AgentId(id),
            name: name.to_owned(),
            team: None,
            skills: BTreeMap::new(),
            station: None,
            dial_prefixes: Vec::new(),
        };
        let mut directory = Directory::default();
        directory.company.language = "en-GB".into();
        for one in [agent(1, "李薇"), agent(2, "Wang"), agent(3, "Wang")] {
            directory.agents.insert(one.id, one);
        }
        let known = Known::of(&directory, BTreeMap::new(), false);
        assert_eq!(known.agents["李薇"], Some(AgentId(1)));
        assert_eq!(known.agents["Wang"], None);
        assert_eq!(known.language, Language::En);
    }
}
