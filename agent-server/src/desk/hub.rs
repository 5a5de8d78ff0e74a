//! The desks of all agents with their numbering and their listeners. One short lock, nothing awaited under it. Each agent
//! has one numbering for all tabs; the newest messages are kept, so that a desktop that comes back with its last number
//! hears what it missed, and a snapshot where that is too long ago.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contract::{AgentId, Candidate, DeskBody, DeskMessage, DeskWords, Directory, EpochMs, Event, EventKind, InteractionId, KnownCustomer, ParkedCall, Seat, StationHealth, StationId, Supervising};
use reports::{Board, Thresholds, Zone};
use reports::board::Live;
use serde::Serialize;
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::fold::{Desks, Told};
use crate::metrics::Metrics;

/// Bytes of messages kept per agent.
const KEPT_BYTES: usize = 128 * 1024;
/// Messages a desktop may be behind before it is dropped.
const BEHIND: usize = 256;
/// Tabs of one agent; one more takes the place of the oldest.
const TABS: usize = 8;

/// A message as it goes over the line.
pub type Text = Arc<str>;

#[derive(Debug)]
pub struct Hub {
    inner: Mutex<Inner>,
    metrics: Arc<Metrics>,
}

#[derive(Debug)]
struct Inner {
    desks: Desks,
    board: Board,
    stations: HashMap<StationId, StationLive>,
    lines: BTreeMap<AgentId, Line>,
    /// First number of this run: above every number of an earlier one.
    first: u64,
    next_tab: u64,
    closed: bool,
}

/// One agent's numbering.
#[derive(Debug)]
struct Line {
    n: u64,
    kept: VecDeque<(u64, Text)>,
    bytes: usize,
    tabs: Vec<Tab>,
}

/// What a tab is handed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    pub text: Text,
    /// It is the card of an offer, decided at this moment.
    pub offered: Option<EpochMs>,
}

#[derive(Debug)]
struct Tab {
    id: u64,
    to: mpsc::Sender<News>,
    watches: bool,
}

/// What the phones know of a station now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StationLive {
    #[schema(value_type = crate::api::known::StationHealth)]
    pub health: StationHealth,
    pub user_agent: Option<String>,
    /// Where it registered from.
    pub address: Option<String>,
}

/// A connected desktop.
#[derive(Debug)]
pub struct Joined {
    pub tab: u64,
    /// What it has to hear first.
    pub backlog: Vec<Text>,
    pub news: mpsc::Receiver<News>,
}

impl Hub {
    #[must_use]
    pub fn new(board: Board, metrics: Arc<Metrics>, now: EpochMs) -> Self {
        let inner = Inner {
            desks: Desks::default(),
            board,
            stations: HashMap::new(),
            lines: BTreeMap::new(),
            first: u64::try_from(now).unwrap_or(0) * 1000,
            next_tab: 0,
            closed: false,
        };
        Self { inner: Mutex::new(inner), metrics }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The company as it is from now on.
    pub fn company(&self, directory: Arc<Directory>, zone: Zone, thresholds: Thresholds) {
        let mut inner = self.lock();
        inner.board.set_company(zone, thresholds);
        inner.board.set_directory(directory.clone());
        inner.desks.company(directory);
    }

    /// Events from before this run that belong to what goes on (a wrap-up that survived a restart); nobody is told.
    pub fn remember(&self, events: &[Event]) {
        let mut inner = self.lock();
        for event in events {
            inner.desks.apply(event);
        }
    }

    /// Takes one event to the desks, the board and the stations, and tells who must hear.
    pub fn apply(&self, event: &Event) {
        let mut inner = self.lock();
        inner.board.apply(event);
        inner.station(event);
        if let EventKind::QueueLeft { waited_ms, .. } = &event.kind {
            self.metrics.queue_wait.observe(f64::from(*waited_ms) / 1000.0);
        }
        let told = inner.desks.apply(event);
        self.send(&mut inner, told, Some(event));
    }

    pub fn known(&self, now: EpochMs, interaction: InteractionId, known: Vec<KnownCustomer>) {
        let mut inner = self.lock();
        let told = inner.desks.known(now, interaction, known);
        self.send(&mut inner, told, None);
    }

    /// Something was written on the line of `agent`: told to those who have a desk open and take part.
    pub fn said(&self, at: EpochMs, agent: AgentId, words: &DeskWords, takes_part: impl Fn(AgentId) -> bool) {
        let mut inner = self.lock();
        let there: Vec<AgentId> = inner.lines.iter().filter(|(_, line)| !line.tabs.is_empty()).map(|(id, _)| *id).collect();
        let body = DeskBody::Said { agent, words: words.clone() };
        let to = there.into_iter().filter(|person| takes_part(*person));
        let told = to.map(|person| Told { agent: person, at, body: body.clone() }).collect();
        self.send(&mut inner, told, None);
    }

    fn send(&self, inner: &mut Inner, told: Vec<Told>, of: Option<&Event>) {
        for Told { agent, at, body } in told {
            let pops = |event: &&Event| matches!(event.kind, EventKind::Offered { agent: rung, .. } if rung == agent);
            let offered = of.filter(pops).filter(|_| matches!(body, DeskBody::Card { .. })).map(|event| event.at);
            let first = inner.first;
            // Agents who never came are not numbered: they begin with a snapshot.
            let Some(line) = inner.lines.get_mut(&agent) else { continue };
            line.n = (line.n + 1).max(first);
            let text = text(line.n, at, body);
            line.bytes += text.len();
            line.kept.push_back((line.n, text.clone()));
            while line.bytes > KEPT_BYTES
                && let Some((_, old)) = line.kept.pop_front()
            {
                line.bytes -= old.len();
            }
            self.pass(&mut line.tabs, &News { text, offered }, |_| true);
        }
    }

    /// A desktop that takes nothing is dropped; it comes back and is told anew.
    fn pass(&self, tabs: &mut Vec<Tab>, news: &News, who: impl Fn(&Tab) -> bool) {
        tabs.retain(|tab| {
            let kept = !who(tab) || tab.to.try_send(news.clone()).is_ok();
            if !kept {
                self.metrics.slow_desktops.inc();
            }
            kept
        });
    }

    /// A desktop connects; `after` is the last number it has heard.
    pub fn join(&self, agent: AgentId, after: u64, now: EpochMs) -> Joined {
        let mut inner = self.lock();
        let first = inner.first;
        let snapshot = inner.desks.snapshot(agent, now);
        inner.next_tab += 1;
        let tab = inner.next_tab;
        let (to, news) = mpsc::channel(BEHIND);
        let closed = inner.closed;
        let line = inner.lines.entry(agent).or_insert_with(|| Line { n: first, kept: VecDeque::new(), bytes: 0, tabs: Vec::new() });
        let backlog = match line.since(after) {
            Some(missed) => missed,
            None => vec![text(line.n, now, snapshot)],
        };
        if !closed {
            line.tabs.push(Tab { id: tab, to, watches: false });
        }
        if line.tabs.len() > TABS {
            line.tabs.remove(0);
        }
        Joined { tab, backlog, news }
    }

    pub fn leave(&self, agent: AgentId, tab: u64) {
        if let Some(line) = self.lock().lines.get_mut(&agent) {
            line.tabs.retain(|known| known.id != tab);
        }
    }

    /// Somebody has this agent's desk open.
    #[must_use]
    pub fn is_up(&self, agent: AgentId) -> bool {
        self.lock().lines.get(&agent).is_some_and(|line| !line.tabs.is_empty())
    }

    /// Begins or ends telling a desktop of the board; the whole board first.
    pub fn watch(&self, agent: AgentId, tab: u64, on: bool, now: EpochMs) -> Option<Text> {
        let mut inner = self.lock();
        let Live { calls, agents, queues } = inner.board.live();
        let tab = inner.lines.get_mut(&agent)?.tabs.iter_mut().find(|known| known.id == tab)?;
        tab.watches = on;
        let (calls_gone, agents_gone, queues_gone) = Default::default();
        on.then(|| text(0, now, DeskBody::Board { calls, calls_gone, agents, agents_gone, queues, queues_gone }))
    }

    /// What changed on the board since the last time, to those who watch.
    pub fn tick(&self, now: EpochMs) {
        let mut inner = self.lock();
        inner.board.tick(now);
        let Some(body) = inner.board.take_changes() else { return };
        let news = News { text: text(0, now, body), offered: None };
        for line in inner.lines.values_mut() {
            self.pass(&mut line.tabs, &news, |tab| tab.watches);
        }
    }

    /// Tells everybody that the server goes down.
    pub fn going_away(&self, now: EpochMs) {
        let news = News { text: text(0, now, DeskBody::GoingAway), offered: None };
        for line in self.lock().lines.values_mut() {
            self.pass(&mut line.tabs, &news, |_| true);
        }
    }

    /// Lets go of everybody; who comes now is let go at once.
    pub fn close(&self) {
        let mut inner = self.lock();
        inner.closed = true;
        inner.lines.values_mut().for_each(|line| line.tabs.clear());
    }

    #[must_use]
    pub fn seats(&self) -> BTreeMap<AgentId, Seat> {
        self.lock().desks.seats().clone()
    }

    /// Who talks to the caller, or has the caller on hold.
    #[must_use]
    pub fn talker(&self, interaction: InteractionId) -> Option<AgentId> {
        self.lock().desks.talker(interaction)
    }

    /// The talk somebody is in as a supervisor.
    #[must_use]
    pub fn supervising(&self, by: AgentId) -> Option<Supervising> {
        self.lock().desks.supervising(by)
    }

    /// Callers who are parked, by place.
    #[must_use]
    pub fn parked(&self) -> Vec<ParkedCall> {
        self.lock().desks.parked()
    }

    /// Who may be calling.
    #[must_use]
    pub fn candidates(&self, interaction: InteractionId) -> Vec<Candidate> {
        self.lock().desks.call(interaction).map(|(_, candidates)| candidates.to_vec()).unwrap_or_default()
    }

    /// The call lies on this agent's desk.
    #[must_use]
    pub fn has_card(&self, agent: AgentId, interaction: InteractionId) -> bool {
        self.lock().desks.has_card(agent, interaction)
    }

    #[must_use]
    pub fn live(&self) -> Live {
        self.lock().board.live()
    }

    /// A copy, for keeping.
    #[must_use]
    pub fn board(&self) -> Board {
        self.lock().board.clone()
    }

    #[must_use]
    pub fn station(&self, id: StationId) -> StationLive {
        let none = StationLive { health: StationHealth::Unreachable, user_agent: None, address: None };
        self.lock().stations.get(&id).cloned().unwrap_or(none)
    }

    /// Connected desktops, and calls on the desks.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let inner = self.lock();
        (inner.lines.values().map(|line| line.tabs.len()).sum(), inner.desks.len())
    }
}

impl Inner {
    fn station(&mut self, event: &Event) {
        match &event.kind {
            EventKind::StationRegistered { station, user_agent, address, .. } => {
                let live = StationLive {
                    health: StationHealth::Ok,
                    user_agent: Some(user_agent.clone()),
                    address: Some(address.clone()),
                };
                self.stations.insert(*station, live);
            }
            EventKind::StationLost { station, .. } => {
                self.stations.remove(station);
            }
            _ => {}
        }
    }
}

impl Line {
    /// What came after a number; `None`: it is of another run, or too long ago.
    fn since(&self, after: u64) -> Option<Vec<Text>> {
        let oldest = self.kept.front().map_or(self.n + 1, |(n, _)| *n);
        let fits = after + 1 >= oldest && after <= self.n;
        fits.then(|| self.kept.iter().filter(|(n, _)| *n > after).map(|(_, text)| text.clone()).collect())
    }
}

/// One message as JSON.
#[must_use]
pub fn text(n: u64, at: EpochMs, body: DeskBody) -> Text {
    let message = DeskMessage { n, at, body };
    serde_json::to_string(&message).unwrap_or_else(|e| unreachable!("a desk message is JSON: {e}")).into()
}
