//! What the switch does with PBXs beside us: it owns their calls as it owns ours, tells the ledger and routing what is seen, and
//! asks the PBX for what agents and seats want.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use contract::directory::{Directory, Pbx, PbxKind};
use contract::number::{Class, Context, normalize};
use contract::{
    Activity, AgentId, CallCommand, Caller, EpochMs, EventKind, InteractionId, Ledger, PbxId, QueueId, Seat, SeatCommand, SeatStatus,
    StationId, TransferTarget,
};

use super::Clock;
use super::beside::{self, PbxBook, PbxTask, Surroundings};
use super::caller::clean;
use super::company::{Company, dialable};
use super::fetching::Fetching;
use super::gateway::Refused;
use super::switch::{Switch, Work};
use crate::pbx::asterisk::extension;
use crate::pbx::calls::commands::Refusal;
use crate::pbx::calls::{Calls, Desk, DialAt, Out, PbxRefused, QueueAt, World};
use crate::pbx::freeswitch::same_phone;
use crate::pbx::link::Told;
use crate::pbx::pauses::{Heard, Pauses};
use crate::pbx::seen::{Ask, Seen};
use crate::sip::net::Tls;

/// All of the directory.
pub(super) struct Pbxs {
    tls: Tls,
    book: PbxBook,
    pub fetching: Fetching,
    open: BTreeMap<PbxId, Open>,
    round: u64,
    /// Who sits at a phone of which.
    sits: BTreeMap<AgentId, (PbxId, String)>,
    homes: HashMap<StationId, AgentId>,
}

struct Open {
    pbx: Pbx,
    task: PbxTask,
    round: u64,
    calls: Calls,
    pauses: Pauses,
    up: bool,
    phones: Phones,
}

/// The stations of one PBX, by what it may call them.
#[derive(Default)]
struct Phones {
    exact: HashMap<String, StationId>,
    /// By the user alone: FreeSWITCH names a domain or none, queues of Asterisk may ring extensions.
    users: HashMap<String, StationId>,
}

impl Phones {
    fn of(pbx: &Pbx, directory: &Directory) -> Self {
        let mut out = Self::default();
        for station in directory.stations.values() {
            let Some(beside) = station.beside.as_ref().filter(|beside| beside.pbx == pbx.id) else { continue };
            out.exact.insert(beside.line.to_lowercase(), station.id);
            out.users.insert(user_of(&beside.line).to_lowercase(), station.id);
        }
        out
    }

    fn station(&self, line: &str, directory: &Directory) -> Option<StationId> {
        let (extension, line) = (extension(line).map(str::to_lowercase), line.to_lowercase());
        let extension = extension.and_then(|user| self.users.get(&user));
        self.exact.get(&line).or(extension).copied().or_else(|| {
            // Only where phones are named without their technology.
            let station = *self.users.get(user_of(&line)).filter(|_| !line.contains('/'))?;
            let named = directory.stations.get(&station)?.beside.as_ref()?;
            same_phone(&line, &named.line.to_lowercase()).then_some(station)
        })
    }

    fn stations(&self) -> impl Iterator<Item = StationId> + '_ {
        self.exact.values().copied()
    }
}

/// What is dialed to reach a phone inside its PBX: `PJSIP/a001` and `a001@example.com` are `a001`.
fn user_of(line: &str) -> &str {
    let user = line.rsplit('/').next().unwrap_or(line);
    user.split_once('@').map_or(user, |(user, _)| user)
}

/// Longest number that is dialed at a PBX.
const MOST_DIALED: usize = 40;

struct Office<'a> {
    pbx: &'a Pbx,
    phones: &'a Phones,
    company: &'a Company,
    router: &'a acd::Router,
    homes: &'a HashMap<StationId, AgentId>,
}

impl World for Office<'_> {
    fn desk(&self, line: &str) -> Option<Desk> {
        let station = self.phones.station(line, &self.company.directory)?;
        let agent = self.router.holder(station).or_else(|| self.homes.get(&station).copied());
        Some(Desk { station, agent })
    }

    fn queue(&self, name: &str) -> Option<QueueAt> {
        let queue = self.pbx.queues.iter().find(|queue| queue.name == name)?.queue;
        let ring_ms = self.company.directory.queues.get(&queue)?.ring_ms;
        Some(QueueAt { queue, ring_ms })
    }

    fn caller(&self, number: &str, name: &str) -> Caller {
        let of = &self.company.directory.company;
        let read = normalize(number, &Context { country: &of.country, area_code: &of.area_code, own: self.company.own() });
        let (number_e164, withheld) = match read.class {
            Class::E164(_) if read.own => (None, false),
            Class::E164(number) => (Some(number), false),
            Class::Withheld => (None, true),
            Class::Internal | Class::Short | Class::Unreadable(_) => (None, false),
        };
        let shown = |text: &str| if withheld { String::new() } else { clean(text) };
        Caller { raw: shown(number), name: shown(name), number: number_e164, withheld }
    }

    fn is_extension(&self, dialed: &str) -> bool {
        let theirs = |station: &StationId| {
            let phone = self.company.directory.stations.get(station);
            phone.is_some_and(|phone| phone.beside.as_ref().is_some_and(|beside| user_of(&beside.line) == dialed))
        };
        !dialed.is_empty() && self.phones.stations().any(|station| theirs(&station))
    }

    fn record_into(&self, queue: QueueId) -> Option<&str> {
        let wanted = self.company.directory.queues.get(&queue).is_some_and(|queue| queue.record);
        (wanted && !self.pbx.recorded_in.is_empty()).then_some(self.pbx.recorded_in.as_str())
    }
}

impl Pbxs {
    pub fn new(clock: Clock, tls: Tls, book: PbxBook, ledger: &Arc<dyn Ledger>, recordings: &Path) -> Self {
        let fetching = Fetching::new(clock, tls.clone(), ledger.clone(), recordings.to_owned());
        Self { tls, book, fetching, open: BTreeMap::new(), round: 0, sits: BTreeMap::new(), homes: HashMap::new() }
    }

    pub fn of_call(&self, call: InteractionId) -> Option<PbxId> {
        self.open.iter().find(|(_, open)| open.calls.contains(call)).map(|(id, _)| *id)
    }

    pub fn deadline(&self) -> Option<EpochMs> {
        self.open.values().filter_map(|open| open.calls.deadline()).min()
    }

    pub fn interactions(&self) -> impl Iterator<Item = InteractionId> + '_ {
        self.open.values().flat_map(|open| open.calls.interactions())
    }

    pub fn on_calls(&self) -> impl Iterator<Item = (AgentId, InteractionId)> + '_ {
        self.open.values().flat_map(|open| open.calls.on_calls())
    }

    pub fn calls(&self) -> usize {
        self.open.values().map(|open| open.calls.len()).sum()
    }
}

/// Whether the connection is to be made anew, and whether it leads to another PBX.
fn differs(old: &Pbx, new: &Pbx) -> (bool, bool) {
    let other = old.kind != new.kind || old.address != new.address;
    let queues = new.kind == PbxKind::FreeSwitch && old.queues != new.queues;
    (other || queues || old.tls != new.tls || old.user != new.user || old.password != new.password, other)
}

impl Switch {
    /// Connects to those that are new, lets go of those that are gone.
    pub(super) fn mind_pbxs(&mut self, now: EpochMs) {
        let directory = self.company.directory.clone();
        let gone: Vec<PbxId> = self.pbxs.open.keys().filter(|id| !directory.pbxs.contains_key(id)).copied().collect();
        for id in gone {
            self.let_go(now, id);
        }
        self.pbxs.fetching.take_up(&directory.pbxs, &self.house);
        self.pbxs.homes = directory.agents.values().filter_map(|agent| Some((agent.station?, agent.id))).collect();
        for pbx in directory.pbxs.values() {
            let (anew, other) = self.pbxs.open.get(&pbx.id).map_or((true, true), |open| differs(&open.pbx, pbx));
            if other {
                self.let_go(now, pbx.id);
            }
            if anew {
                self.open_pbx(now, pbx);
            }
            if let Some(open) = self.pbxs.open.get_mut(&pbx.id) {
                (open.pbx, open.phones) = (pbx.clone(), Phones::of(pbx, &directory));
            }
        }
        self.mind_dialed_stations(now);
        let seats: Vec<Seat> = self.router.seats().cloned().collect();
        seats.iter().for_each(|seat| self.mind_pause(seat));
    }

    fn open_pbx(&mut self, now: EpochMs, pbx: &Pbx) {
        self.pbxs.round += 1;
        let round = self.pbxs.round;
        let around =
            Surroundings { tls: self.pbxs.tls.clone(), clock: self.clock, inbox: self.inbox.clone(), book: self.pbxs.book.clone() };
        let task = beside::connect(pbx.clone(), round, around, &self.house);
        match self.pbxs.open.get_mut(&pbx.id) {
            Some(open) => {
                (open.task, open.round, open.up) = (task, round, false);
                open.calls.lost(now);
            }
            None => {
                let (calls, phones) = (Calls::new(pbx.id, self.ids.clone()), Phones::default());
                let pauses = Pauses::default();
                self.pbxs.open.insert(pbx.id, Open { pbx: pbx.clone(), task, round, calls, pauses, up: false, phones });
            }
        }
    }

    fn let_go(&mut self, now: EpochMs, id: PbxId) {
        self.with_calls(now, id, |calls, world| calls.end_all(now, world));
        self.pbxs.open.remove(&id);
        self.pbxs.book.forget(id);
        self.pbxs.sits.retain(|_, (pbx, _)| *pbx != id);
    }

    /// The node stops: nobody sees their calls any more.
    pub(super) fn let_go_of_pbxs(&mut self, now: EpochMs) {
        for id in self.pbxs.open.keys().copied().collect::<Vec<_>>() {
            self.with_calls(now, id, |calls, world| calls.end_all(now, world));
        }
    }

    /// The stations of PBXs that are connected.
    pub(super) fn stations_of_pbxs(&self) -> Vec<(StationId, String)> {
        let up = self.pbxs.open.values().filter(|open| open.up);
        up.flat_map(|open| open.phones.stations().map(|station| (station, open.pbx.name.clone()))).collect()
    }

    /// Decides, and carries out what follows.
    fn with_calls(&mut self, now: EpochMs, id: PbxId, decide: impl FnOnce(&mut Calls, &dyn World) -> Vec<Out>) {
        let Some(open) = self.pbxs.open.get_mut(&id) else { return };
        let (pbx, phones, homes) = (&open.pbx, &open.phones, &self.pbxs.homes);
        let office = Office { pbx, phones, company: &self.company, router: &self.router, homes };
        let calls = &mut open.calls;
        let decided = catch_unwind(AssertUnwindSafe(|| decide(calls, &office)));
        let (count, passed_over) = (open.calls.len(), open.calls.passed_over());
        self.pbxs.book.count(id, count, passed_over);
        match decided {
            Ok(out) => self.follow(now, id, out),
            Err(_) => self.break_pbx(now, id),
        }
    }

    /// What was known of its calls is not to be relied on: they are closed, and seen anew from what it lists.
    fn break_pbx(&mut self, now: EpochMs, id: PbxId) {
        self.broken += 1;
        tracing::error!(pbx = %id, "deciding about the calls of PBX {id} broke; they are closed, and it is asked what is there");
        let Some(open) = self.pbxs.open.get_mut(&id) else { return };
        let calls: Vec<InteractionId> = open.calls.interactions().collect();
        open.calls = Calls::new(id, self.ids.clone());
        let pbx = open.pbx.clone();
        for call in calls {
            self.ports.ledger.record(now, Some(call), EventKind::Interrupted { last_seen: now });
            self.work.push_back(Work::Router(acd::Input::OwnerGone { interaction: call }));
        }
        self.open_pbx(now, &pbx);
        self.mind_dialed_stations(now);
    }

    fn follow(&mut self, now: EpochMs, id: PbxId, out: Vec<Out>) {
        let mut unasked = Vec::new();
        for one in out {
            match one {
                Out::Tell { at, call, kind } => self.ports.ledger.record(at, Some(call), kind),
                Out::Router(input) => self.work.push_back(Work::Router(input)),
                Out::Identify(call, caller) => {
                    self.lookups.ask(call, caller, &*self.ports.lookup, &self.house, self.inbox.clone());
                }
                Out::Made(made) => self.pbxs.fetching.note(id, made, &self.house),
                Out::Fetch(fetch) => {
                    if let Some(open) = self.pbxs.open.get(&id) {
                        self.pbxs.fetching.begin(&open.pbx, fetch, &self.house);
                    }
                }
                Out::Ask { token, ask } => {
                    if !self.ask_pbx(id, token, ask) {
                        unasked.push(token);
                    }
                }
            }
        }
        for token in unasked {
            let answer = crate::pbx::seen::Answer { token, done: Err("too much is asked already".to_owned()) };
            self.with_calls(now, id, |calls, world| calls.answered(now, &answer, world));
        }
    }

    fn ask_pbx(&self, id: PbxId, token: u64, ask: Ask) -> bool {
        self.pbxs.open.get(&id).is_some_and(|open| open.task.ask(token, ask))
    }

    /// Its connection tells something. What an older one says late is not believed.
    pub(super) fn pbx_told(&mut self, now: EpochMs, id: PbxId, round: u64, told: Vec<Told>) {
        for one in told {
            if self.pbxs.open.get(&id).is_none_or(|open| open.round != round) {
                return;
            }
            match one {
                Told::Seen(Seen::Paused { queue, line, paused, reason }) => self.pause_told(now, id, &queue, (&line, paused, &reason)),
                Told::Seen(Seen::MemberAdded { line, paused }) => self.member_added(id, &line, paused),
                Told::Seen(seen) => self.with_calls(now, id, |calls, world| calls.see(now, seen, world)),
                Told::Answer(answer) => {
                    let mut of_no_queue = false;
                    if let Some(open) = self.pbxs.open.get_mut(&id) {
                        match answer.done {
                            Ok(()) => open.pauses.done(now, answer.token),
                            // A phone that is in none of its queues is paused in none.
                            Err(_) => of_no_queue = open.pauses.refused(answer.token),
                        }
                    }
                    if let (Err(why), false) = (&answer.done, of_no_queue) {
                        tracing::warn!(pbx = %id, "PBX {id} does not do what it was asked: {why}");
                    }
                    self.with_calls(now, id, |calls, world| calls.answered(now, &answer, world));
                }
                Told::Up => self.pbx_is_up(now, id),
                Told::Lost => {
                    if let Some(open) = self.pbxs.open.get_mut(&id) {
                        open.up = false;
                        open.calls.lost(now);
                    }
                    self.mind_dialed_stations(now);
                }
            }
            // What follows belongs before what is told next.
            self.settle(now);
        }
    }

    fn pbx_is_up(&mut self, now: EpochMs, id: PbxId) {
        if let Some(open) = self.pbxs.open.get_mut(&id) {
            open.up = true;
            open.calls.up();
        }
        self.mind_dialed_stations(now);
        // Seats that come back with it say first what they are.
        self.settle(now);
        let Some(open) = self.pbxs.open.get_mut(&id) else { return };
        let mut asks = Vec::new();
        for (line, paused, reason) in open.pauses.all() {
            let token = open.calls.token();
            open.pauses.asked_again(&line, token);
            asks.push((token, Ask::Pause { line, paused, reason }));
        }
        for (token, ask) in asks {
            if !open.task.ask(token, ask) {
                open.pauses.refused(token);
            }
        }
    }

    pub(super) fn tick_pbxs(&mut self, now: EpochMs) {
        let due = |open: &&Open| open.calls.deadline().is_some_and(|at| at <= now);
        let due: Vec<PbxId> = self.pbxs.open.values().filter(due).map(|open| open.pbx.id).collect();
        for id in due {
            self.with_calls(now, id, |calls, world| calls.tick(now, world));
        }
    }

    /// How the seat wants its phone to be in the PBX's queues.
    pub(super) fn mind_pause(&mut self, seat: &Seat) {
        let directory = &self.company.directory;
        let station = seat.station.filter(|_| seat.status != SeatStatus::Offline);
        let beside = station.and_then(|station| directory.stations.get(&station)?.beside.clone());
        let here = beside.map(|beside| (beside.pbx, beside.line));
        let before = self.pbxs.sits.get(&seat.agent).cloned();
        if let Some((pbx, line)) = before.filter(|before| Some(before) != here.as_ref()) {
            self.pbxs.sits.remove(&seat.agent);
            self.want_pause(pbx, &line, true, "signed out");
            if let Some(open) = self.pbxs.open.get_mut(&pbx) {
                open.pauses.forget(&line);
            }
        }
        let Some((pbx, line)) = here else { return };
        self.pbxs.sits.insert(seat.agent, (pbx, line.clone()));
        let (paused, reason) = self.wants_to_be(pbx, seat);
        self.want_pause(pbx, &line, paused, &reason);
    }

    fn wants_to_be(&self, pbx: PbxId, seat: &Seat) -> (bool, String) {
        // What was chosen for after the call that goes on keeps the next one away.
        match seat.next.unwrap_or(seat.status) {
            SeatStatus::Ready => {}
            SeatStatus::Offline => return (true, "signing out".to_owned()),
            SeatStatus::NotReady { reason } => {
                let directory = &self.company.directory;
                let reason = reason.and_then(|id| directory.reasons.get(&id));
                let chinese = directory.company.language.starts_with("zh");
                let name = reason.map(|reason| if chinese { &reason.name_zh } else { &reason.name_en });
                return (true, name.cloned().unwrap_or_else(|| "not ready".to_owned()));
            }
        }
        match seat.activity {
            Activity::WrapUp { .. } => (true, "wrap-up".to_owned()),
            Activity::Offered { interaction } | Activity::Talking { interaction } | Activity::Held { interaction } => {
                let theirs = self.pbxs.open.get(&pbx).is_some_and(|open| open.calls.contains(interaction));
                (!theirs, if theirs { String::new() } else { "on another call".to_owned() })
            }
            Activity::Idle => (false, String::new()),
        }
    }

    fn want_pause(&mut self, id: PbxId, line: &str, paused: bool, reason: &str) {
        let Some(open) = self.pbxs.open.get_mut(&id) else { return };
        let token = open.calls.token();
        if open.pauses.want(line, paused, reason, token) {
            let asked = open.up && open.task.ask(token, Ask::Pause { line: line.to_owned(), paused, reason: reason.to_owned() });
            if !asked {
                // It is asked of it when it is there.
                open.pauses.refused(token);
            }
        }
    }

    /// Somebody at the PBX pauses a phone, or lets it be rung again.
    fn pause_told(&mut self, now: EpochMs, id: PbxId, queue: &str, (line, paused, reason): (&str, bool, &str)) {
        let directory = self.company.directory.clone();
        let Some(open) = self.pbxs.open.get_mut(&id) else { return };
        let Some(station) = open.phones.station(line, &directory) else { return };
        let Some(named) = directory.stations.get(&station).and_then(|station| station.beside.as_ref()) else { return };
        if open.pauses.told(now, &named.line, paused, !open.up) != Heard::Changed {
            return;
        }
        if !queue.is_empty() {
            // One of its queues was meant; a seat is ready for all of them, or for none.
            let (token, line) = (open.calls.token(), named.line.clone());
            open.pauses.asked_again(&line, token);
            if !open.task.ask(token, Ask::Pause { line, paused, reason: reason.to_owned() }) {
                open.pauses.refused(token);
            }
        }
        let Some(agent) = self.router.holder(station) else { return };
        let by_name = |r: &&contract::directory::Reason| r.name_zh.eq_ignore_ascii_case(reason) || r.name_en.eq_ignore_ascii_case(reason);
        let command = match paused {
            true => SeatCommand::NotReady { reason: directory.reasons.values().find(by_name).map(|reason| reason.id) },
            false => SeatCommand::Ready,
        };
        self.work.push_back(Work::Router(acd::Input::Seat { agent, command, by: agent }));
    }

    /// A phone has joined a queue there: the seat stays as it is, and the queue is told.
    fn member_added(&mut self, id: PbxId, line: &str, paused: bool) {
        let directory = &self.company.directory;
        let Some(open) = self.pbxs.open.get_mut(&id).filter(|open| open.up) else { return };
        let Some(station) = open.phones.station(line, directory) else { return };
        let Some(named) = directory.stations.get(&station).and_then(|station| station.beside.as_ref()) else { return };
        let Some((paused, reason)) = open.pauses.added(&named.line, paused) else { return };
        let (token, line) = (open.calls.token(), named.line.clone());
        open.pauses.asked_again(&line, token);
        if !open.task.ask(token, Ask::Pause { line, paused, reason }) {
            open.pauses.refused(token);
        }
    }

    /// An agent's command to a call at a PBX.
    pub(super) fn pbx_command(
        &mut self,
        now: EpochMs,
        id: PbxId,
        call: InteractionId,
        agent: AgentId,
        command: &CallCommand,
    ) -> Result<(), Refused> {
        let mut to = None;
        let command = match command {
            CallCommand::Transfer { target } => {
                let target = self.colleague_or(target.clone());
                if target == (TransferTarget::Agent { agent }) {
                    return Err(Refused::NoSuchTarget);
                }
                to = match &target {
                    TransferTarget::Number { number } => Some(self.dialed_at_pbx(agent, number)?),
                    _ => {
                        self.may_send_to(agent, &target)?;
                        self.extension(id, &target)
                    }
                };
                CallCommand::Transfer { target }
            }
            other => other.clone(),
        };
        let open = self.pbxs.open.get_mut(&id).ok_or(Refused::NoCall(call))?;
        if !open.up {
            return Err(Refused::Pbx(PbxRefused::NoLink));
        }
        let kind = (open.pbx.kind, open.pbx.context.as_str());
        let out = open.calls.command(now, (call, agent), &command, kind, &|_| to.clone()).map_err(|why| match why {
            Refusal::Call(why) => Refused::Call(why),
            Refusal::Pbx(why) => Refused::Pbx(why),
        })?;
        self.follow(now, id, out);
        Ok(())
    }

    /// What is dialed at the PBX to send somebody there.
    fn extension(&self, id: PbxId, target: &TransferTarget) -> Option<String> {
        let (directory, open) = (&self.company.directory, self.pbxs.open.get(&id)?);
        let extension = match target {
            TransferTarget::Queue { queue } => open.pbx.queues.iter().find(|known| known.queue == *queue)?.dialed.clone(),
            TransferTarget::Agent { agent } => {
                let seat = self.router.seat(*agent).and_then(|seat| seat.station);
                let station = seat.or_else(|| directory.agents.get(agent)?.station)?;
                let beside = directory.stations.get(&station)?.beside.as_ref().filter(|beside| beside.pbx == id)?;
                user_of(&beside.line).to_owned()
            }
            TransferTarget::Number { .. } | TransferTarget::Flow { .. } => return None,
        };
        Some(extension).filter(|extension| !extension.is_empty())
    }

    /// What is dialed at a PBX for this number, where the agent's rules allow it: just that is checked, and nothing that was
    /// written around it. Whether the PBX has a way out is its own matter.
    fn dialed_at_pbx(&self, agent: AgentId, number: &str) -> Result<String, Refused> {
        let dialed = dialable(number);
        if dialed.is_empty() || dialed.len() > MOST_DIALED {
            return Err(Refused::NoWayOut);
        }
        let user = self.company.e164(&dialed).map_or_else(|| dialed.clone(), |read| read.reveal().to_owned());
        if self.may_dial(agent, &user) { Ok(dialed) } else { Err(Refused::NumberNotAllowed) }
    }

    /// The PBX of the phone an agent sits at, and what it calls that phone.
    pub(super) fn pbx_phone(&self, station: StationId) -> Option<(PbxId, String)> {
        let beside = self.company.directory.stations.get(&station)?.beside.as_ref()?;
        Some((beside.pbx, beside.line.clone()))
    }

    /// An agent calls somebody from a phone of a PBX.
    pub(super) fn dial_at_pbx(
        &mut self,
        now: EpochMs,
        (agent, station): (AgentId, StationId),
        number: &str,
        queue: Option<QueueId>,
    ) -> Result<InteractionId, Refused> {
        let (id, line) = self.pbx_phone(station).ok_or(Refused::NoStation)?;
        let at_home = matches!(self.colleague_or(TransferTarget::Number { number: number.to_owned() }), TransferTarget::Agent { .. });
        if at_home {
            return Err(Refused::Colleague);
        }
        let dialed = self.dialed_at_pbx(agent, number)?;
        let of_queue = queue.map(|queue| self.company.directory.queues.get(&queue).ok_or(Refused::NoSuchTarget)).transpose()?;
        let shown = of_queue.map_or_else(String::new, |queue| dialable(&queue.caller_id));
        let customer = Caller { raw: clean(number), name: String::new(), number: self.company.e164(&dialed), withheld: false };
        let open = self.pbxs.open.get_mut(&id).filter(|open| open.up).ok_or(Refused::Pbx(PbxRefused::NoLink))?;
        let context = open.pbx.context.clone();
        let at = DialAt { agent, station, line, number: dialed, context, queue, shown, customer };
        let (call, out) = open.calls.dial(now, at).ok_or(Refused::Full)?;
        self.follow(now, id, out);
        Ok(call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_found_by_whatever_the_pbx_calls_them() {
        use contract::directory::{AnswerBy, Beside, DigestBy, Secret, Srtp, Station};
        let mut directory = Directory::default();
        let mut phone = |id: i64, line: &str| {
            let station = Station {
                id: StationId(id),
                username: String::new(),
                password: Secret::default(),
                answer_by: AnswerBy::Phone,
                digest: DigestBy::Both,
                srtp: Srtp::Never,
                number: String::new(),
                beside: Some(Beside { pbx: PbxId(1), line: line.into() }),
            };
            directory.stations.insert(station.id, station);
        };
        phone(1, "PJSIP/1001");
        phone(2, "1002");
        phone(3, "1003@a.com");
        let pbx = Pbx {
            id: PbxId(1),
            name: String::new(),
            kind: PbxKind::Asterisk,
            address: String::new(),
            tls: None,
            user: String::new(),
            password: Secret::default(),
            queues: Vec::new(),
            context: String::new(),
            recorded_in: String::new(),
            recordings: String::new(),
        };
        let phones = Phones::of(&pbx, &directory);
        for (line, want) in [
            ("PJSIP/1001", Some(1)),
            ("pjsip/1001", Some(1)),
            ("Local/1001@from-queue/n", Some(1)),
            ("SIP/1001", None),
            ("1002@b.com", Some(2)),
            ("1002", Some(2)),
            ("1003", Some(3)),
            ("1003@b.com", None),
            ("", None),
            ("Local/", None),
        ] {
            assert_eq!(phones.station(line, &directory), want.map(StationId), "{line}");
        }
    }

    #[test]
    fn an_extension_is_what_is_left_of_a_phones_name() {
        for (line, want) in [("PJSIP/a001", "a001"), ("1001@example.com", "1001"), ("SIP/200", "200"), ("300", "300"), ("", "")] {
            assert_eq!(user_of(line), want, "{line}");
        }
        assert_eq!(dialable(" +86 (10) 6234-5678;ext=1\r\n"), "+8610623456781");
    }
}
