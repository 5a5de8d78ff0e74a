//! The company as this server knows it now: the book, the directory made from it, and names. Replaced whole after every
//! edit ([`Office::reload`]), in the order of the edits; whoever reads takes one consistent copy.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arc_swap::ArcSwap;
use company::{Book, Vault, book, directory};
use contract::number::{Context, normalize};
use contract::{AgentId, DispositionId, Directory, PhoneNumber, QueueId};
use store::{Db, DbError};

/// One state of the company.
#[derive(Debug, Default)]
pub struct View {
    pub book: Book,
    pub directory: Arc<Directory>,
    /// User names in lower case.
    people: HashMap<String, AgentId>,
    /// Flows that agents may send callers to, by name.
    pub agent_flows: BTreeMap<String, ivr::ForAgents>,
    /// The company's own numbers, for telling callers from ourselves.
    own: Vec<PhoneNumber>,
}

#[derive(Debug)]
pub struct Office {
    now: ArcSwap<View>,
    /// One reload at a time: an older book never takes the place of a newer one.
    turn: tokio::sync::Mutex<()>,
}

impl Office {
    /// # Errors
    /// Those of the database, and a document that does not read.
    pub async fn open(db: &Db, vault: &Vault) -> Result<Self, DbError> {
        let office = Self { now: ArcSwap::default(), turn: tokio::sync::Mutex::new(()) };
        office.reload(db, vault).await?;
        Ok(office)
    }

    #[must_use]
    pub fn now(&self) -> Arc<View> {
        self.now.load_full()
    }

    /// Reads the book again and makes the directory of it.
    ///
    /// # Errors
    /// As [`Office::open`]; then everything stays as it was.
    pub async fn reload(&self, db: &Db, vault: &Vault) -> Result<Arc<View>, DbError> {
        let _turn = self.turn.lock().await;
        let book = book::look(db).await?;
        let lists = crate::rooms::number_lists(db).await?;
        let (directory, left_out) = directory::directory(&book, lists, vault);
        for what in left_out {
            tracing::error!("{what} is left out: its password does not open with this key file; set it again");
        }
        let view = Arc::new(View::new(book, directory));
        self.now.store(view.clone());
        Ok(view)
    }
}

impl View {
    fn new(book: Book, directory: Directory) -> Self {
        let people = book.agents.iter().map(|(id, kept)| (kept.item.username.to_lowercase(), *id)).collect();
        let company = &directory.company;
        let context = Context { country: &company.country, area_code: &company.area_code, own: &[] };
        let ours = directory.numbers.iter().map(|n| n.pattern.as_str());
        let shown = directory.trunks.values().map(|t| t.caller_id.as_str()).filter(|text| !text.is_empty());
        let own = ours.chain(shown).filter_map(|text| normalize(text, &context).e164().cloned()).collect();
        let flows = book.flows.values().filter_map(|kept| Some((kept.item.name.clone(), ivr::for_agents(&kept.item.yaml)?)));
        let agent_flows = flows.collect();
        Self { book, directory: Arc::new(directory), people, agent_flows, own }
    }

    /// By user name in lower case.
    #[must_use]
    pub fn person(&self, name: &str) -> Option<AgentId> {
        self.people.get(name).copied()
    }

    /// How numbers are read here.
    #[must_use]
    pub fn numbers(&self) -> Context<'_> {
        let company = &self.directory.company;
        Context { country: &company.country, area_code: &company.area_code, own: &self.own }
    }

    #[must_use]
    pub fn agent_name(&self, id: AgentId) -> Option<&str> {
        self.book.agents.get(&id).map(|kept| kept.item.name.as_str())
    }

    #[must_use]
    pub fn queue_name(&self, id: QueueId) -> Option<&str> {
        self.book.queues.get(&id).map(|kept| kept.item.name.as_str())
    }

    /// Both languages, as a last contact shows it.
    #[must_use]
    pub fn disposition_name(&self, id: DispositionId) -> Option<String> {
        self.book.dispositions.get(&id).map(|kept| format!("{} {}", kept.item.name_zh, kept.item.name_en))
    }
}

impl crm::lookup::Names for View {
    fn agent(&self, id: AgentId) -> Option<String> {
        self.agent_name(id).map(str::to_owned)
    }
    fn queue(&self, id: QueueId) -> Option<String> {
        self.queue_name(id).map(str::to_owned)
    }
    fn disposition(&self, id: DispositionId) -> Option<String> {
        self.disposition_name(id)
    }
}

/// Everybody in the teams that somebody is in or leads.
#[must_use]
pub fn team(office: &View, of: AgentId) -> Vec<AgentId> {
    let book = &office.book;
    let mine = book.agents.get(&of).and_then(|kept| kept.item.team);
    let led = book.teams.iter().filter(|(_, kept)| kept.item.lead == Some(of)).map(|(id, _)| *id);
    let teams: Vec<_> = led.chain(mine).collect();
    let within = |kept: &company::Kept<company::Agent>| kept.item.team.is_some_and(|team| teams.contains(&team));
    book.agents.iter().filter(|(id, kept)| **id == of || within(kept)).map(|(id, _)| *id).collect()
}

