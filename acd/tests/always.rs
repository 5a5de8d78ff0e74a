//! What holds whatever happens in whatever order: late, repeated and foreign inputs included.

mod room;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use acd::{Counts, Decision, Input, RouterConfig};
use contract::directory::{Overflow, Queue};
use contract::{
    Activity, AgentId, EpochMs, InteractionId, OfferId, OfferOutcome, QueueId, QueueOutcome, ReasonId, Seat,
    SeatCommand, SeatStatus, StationId,
};
use proptest::prelude::*;
use room::*;

const AGENTS: i64 = 4;
const CALLS: i64 = 7;

/// Calls and offers are named by small numbers: a call by its slot (`old`: the one that was there before), an offer by how
/// many offers ago it was made.
#[derive(Debug, Clone)]
enum Step {
    Pass(EpochMs),
    Seat(i64, SeatCommand, bool),
    Station(i64, bool),
    /// A refresh, or the loss of the phone in a talk.
    Phone(i64, bool),
    Desktop(i64, bool),
    Enqueue { call: i64, old: bool, queue: i64, vip: bool, priority: u8 },
    Direct { call: i64, agent: i64, queue: Option<i64>, fallback: Option<i64>, wait_ms: u32 },
    /// Somebody is wanted beside a talk: an agent, or whoever a queue has.
    Ask { call: i64, agent: Option<i64>, queue: i64 },
    Serves { call: i64, agent: i64 },
    Vip(i64),
    Raise(i64),
    Return(i64, i64),
    Leave(i64, QueueOutcome),
    Over { call: i64, crashed: bool },
    Offer(usize, u8),
    Talk { call: i64, old: bool, agent: i64, what: u8 },
    Directory(u8),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let agent = 1..=AGENTS;
    let call = 0..CALLS;
    let queue = 1..=4_i64; // 4 is in no directory
    let command = prop_oneof![
        2 => Just(SeatCommand::SignIn { station: None }),
        1 => (1..=AGENTS).prop_map(|s| SeatCommand::SignIn { station: Some(StationId(s)) }),
        6 => Just(SeatCommand::Ready),
        2 => Just(SeatCommand::NotReady { reason: Some(ReasonId(1)) }),
        1 => Just(SeatCommand::SignOut),
        2 => Just(SeatCommand::EndWrapUp),
        1 => Just(SeatCommand::ExtendWrapUp { by_ms: 5_000 }),
    ];
    let outcome = prop_oneof![Just(QueueOutcome::Abandoned), Just(QueueOutcome::Voicemail)];
    let maybe_queue = prop_oneof![Just(None), queue.clone().prop_map(Some)];
    prop_oneof![
        4 => prop_oneof![0..3_000_i64, 0..40_000_i64].prop_map(Step::Pass),
        6 => (agent.clone(), command, any::<bool>()).prop_map(|(a, c, own)| Step::Seat(a, c, own)),
        2 => (agent.clone(), any::<bool>()).prop_map(|(s, up)| Step::Station(s, up)),
        2 => (agent.clone(), any::<bool>()).prop_map(|(a, lives)| Step::Phone(a, lives)),
        1 => (agent.clone(), any::<bool>()).prop_map(|(a, up)| Step::Desktop(a, up)),
        6 => (call.clone(), prop::bool::weighted(0.1), queue.clone(), any::<bool>(), 0..12_u8)
            .prop_map(|(call, old, queue, vip, priority)| Step::Enqueue { call, old, queue, vip, priority }),
        2 => (call.clone(), agent.clone(), maybe_queue.clone(), maybe_queue, 0..30_000_u32)
            .prop_map(|(call, agent, queue, fallback, wait_ms)| Step::Direct { call, agent, queue, fallback, wait_ms }),
        3 => (call.clone(), prop::option::of(agent.clone()), queue.clone())
            .prop_map(|(call, agent, queue)| Step::Ask { call, agent, queue }),
        1 => (call.clone(), agent.clone()).prop_map(|(call, agent)| Step::Serves { call, agent }),
        1 => call.clone().prop_map(Step::Vip),
        1 => call.clone().prop_map(Step::Raise),
        1 => (call.clone(), queue.clone()).prop_map(|(call, queue)| Step::Return(call, queue)),
        1 => (call.clone(), outcome).prop_map(|(call, outcome)| Step::Leave(call, outcome)),
        2 => (call.clone(), any::<bool>()).prop_map(|(call, crashed)| Step::Over { call, crashed }),
        8 => (0..5_usize, 0..7_u8).prop_map(|(ago, what)| Step::Offer(ago, what)),
        6 => (call, prop::bool::weighted(0.1), agent, 0..6_u8)
            .prop_map(|(call, old, agent, what)| Step::Talk { call, old, agent, what }),
        1 => (0..4_u8).prop_map(Step::Directory),
        1 => Just(Step::Restart),
    ]
}

fn company(variant: u8) -> Company {
    let spill = Queue {
        max_waiting: 2,
        when_full: Overflow::Queue(QueueId(1)),
        max_wait_ms: 15_000,
        at_max_wait: Overflow::Queue(QueueId(3)),
        rejected_not_ready: false,
        ..queue(2, &[(2, 3)])
    };
    let tidy = Queue { wrap_up_ms: 8_000, max_wait_ms: 25_000, ..queue(1, &[(1, 1)]) };
    let open = Queue { priority: 4, age_step_ms: 1_000, missed_not_ready: false, ..queue(3, &[]) };
    let base = Company::default().agent(1, &[(1, 5)]).agent(2, &[(1, 5), (2, 9)]).agent(3, &[(2, 3)]).lunch();
    match variant {
        0 => base.agent(4, &[(1, 2)]).queue(tidy).queue(spill).queue(open),
        1 => base.agent(4, &[(2, 8)]).queue(tidy).queue(open),
        2 => base.queue(tidy).queue(Queue { skills: skills(&[(1, 1)]), priority: 9, ..spill }).queue(open),
        _ => Company::default().agent(2, &[(1, 1)]).agent(4, &[]).queue(Queue { skills: skills(&[(2, 1)]), ..tidy }),
    }
}

/// The driver's side, and an account of what was decided.
struct World {
    room: Room,
    directory: contract::Directory,
    generation: [i64; CALLS as usize],
    made: Vec<OfferId>,
    live: BTreeMap<OfferId, (InteractionId, AgentId)>,
    queued: BTreeMap<InteractionId, QueueId>,
    /// Who was rung because a colleague asked.
    beside: BTreeSet<(InteractionId, AgentId)>,
    seats: BTreeMap<AgentId, Seat>,
}

impl World {
    fn new() -> Self {
        let directory = company(0).0;
        let mut world = Self {
            room: Room::new(company(0)),
            directory,
            generation: [1; CALLS as usize],
            made: Vec::new(),
            live: BTreeMap::new(),
            queued: BTreeMap::new(),
            beside: BTreeSet::new(),
            seats: BTreeMap::new(),
        };
        world.end_old_calls();
        world
    }

    /// The calls that were there before are over.
    fn end_old_calls(&mut self) {
        for slot in 0..CALLS {
            let interaction = self.call(slot, true);
            assert_eq!(self.room.tell(Input::CallOver { interaction }), []);
        }
    }

    fn call(&self, slot: i64, old: bool) -> InteractionId {
        InteractionId(slot + 100 * (self.generation[usize::try_from(slot).expect("a slot")] - i64::from(old)))
    }

    fn take(&mut self, step: &Step) {
        match self.input(step) {
            Some(input) => {
                let said = self.room.tell(input);
                self.account(&said);
            }
            None => {
                if let Step::Pass(ms) = step {
                    let end = self.room.now + ms;
                    while let Some(at) = self.room.router.deadline().filter(|&at| at <= end) {
                        self.room.now = self.room.now.max(at);
                        let said = self.room.tell(Input::Tick);
                        self.account(&said);
                    }
                    self.room.now = end;
                } else if matches!(step, Step::Restart) {
                    self.restart();
                }
            }
        }
        self.check();
    }

    fn input(&mut self, step: &Step) -> Option<Input> {
        Some(match *step {
            Step::Pass(_) | Step::Restart => return None,
            Step::Seat(agent, ref command, own) => {
                let by = AgentId(if own { agent } else { 99 });
                Input::Seat { agent: AgentId(agent), command: command.clone(), by }
            }
            Step::Station(station, up) => {
                let station = StationId(station);
                if up { Input::StationUp { station } } else { Input::StationDown { station } }
            }
            Step::Phone(agent, lives) => match lives {
                true => Input::StationRefreshed { station: StationId(agent) },
                false => Input::StationFailed { agent: AgentId(agent) },
            },
            Step::Desktop(agent, up) => {
                let agent = AgentId(agent);
                if up { Input::DesktopUp { agent } } else { Input::DesktopDown { agent } }
            }
            Step::Enqueue { call, old, queue, vip, priority } => {
                let (interaction, queue) = (self.call(call, old), QueueId(queue));
                Input::Enqueue { interaction, queue, vip, priority, credit_ms: 0 }
            }
            Step::Direct { call, agent, queue, fallback, wait_ms } => Input::Direct {
                interaction: self.call(call, false),
                agent: AgentId(agent),
                queue: queue.map(QueueId),
                vip: false,
                priority: 0,
                wait_ms,
                ring_ms: 9_000,
                fallback: fallback.map(QueueId),
            },
            Step::Ask { call, agent, queue } => Input::Ask {
                interaction: self.call(call, false),
                by: AgentId(99),
                whom: agent.map_or(acd::Asked::Queue(QueueId(queue)), |agent| acd::Asked::Agent(AgentId(agent))),
                wait_ms: 12_000,
                ring_ms: 9_000,
            },
            Step::Serves { call, agent } => {
                Input::Serves { interaction: self.call(call, false), agent: AgentId(agent), queue: Some(QueueId(1)) }
            }
            Step::Vip(call) => Input::Vip { interaction: self.call(call, false) },
            Step::Return(call, queue) => {
                let (interaction, queue) = (self.call(call, false), QueueId(queue));
                Input::Return { interaction, queue, vip: false, credit_ms: 5_000 }
            }
            Step::Raise(call) => Input::Raise { interaction: self.call(call, false) },
            Step::Leave(call, outcome) => Input::Leave { interaction: self.call(call, false), outcome },
            Step::Over { call, crashed } => {
                let interaction = self.call(call, false);
                self.generation[usize::try_from(call).expect("a slot")] += 1;
                if crashed { Input::OwnerGone { interaction } } else { Input::CallOver { interaction } }
            }
            Step::Offer(ago, what) => {
                let offer = *self.made.iter().rev().nth(ago)?;
                match what {
                    0..=2 => Input::OfferAnswered { offer },
                    3 => Input::OfferRejected { offer },
                    4 => Input::OfferMissed { offer },
                    5 => Input::OfferWithdrawn { offer },
                    _ => Input::OfferFailed { offer },
                }
            }
            Step::Talk { call, old, agent, what } => {
                let (interaction, agent) = (self.call(call, old), AgentId(agent));
                match what {
                    0 => Input::TalkBegan { interaction, agent },
                    1 => Input::TalkHeld { interaction, agent },
                    2 => Input::TalkResumed { interaction, agent },
                    3 => Input::TalkEnded { interaction, agent },
                    4 => Input::AgentBusy { interaction: InteractionId(9_000 + agent.0), agent },
                    _ => Input::AgentFree { interaction: InteractionId(9_000 + agent.0), agent },
                }
            }
            Step::Directory(variant) => {
                self.directory = company(variant).0;
                Input::Directory(Arc::new(self.directory.clone()))
            }
        })
    }

    /// The server was killed: calls are gone, seats come from the ledger.
    fn restart(&mut self) {
        let seats: Vec<Seat> = self.seats.values().cloned().collect();
        self.room.router = acd::Router::new(contract::IdMaker::new(1), RouterConfig::default());
        self.live.clear();
        self.queued.clear();
        self.generation.iter_mut().for_each(|generation| *generation += 1);
        let said = self.room.tell(Input::Directory(Arc::new(self.directory.clone())));
        assert_eq!(said, []);
        self.end_old_calls();
        let said = self.room.tell(Input::Restore { seats });
        self.account(&said);
        for station in self.directory.stations.keys().copied().collect::<Vec<_>>() {
            let said = self.room.tell(Input::StationUp { station });
            self.account(&said);
        }
    }

    fn account(&mut self, said: &[Decision]) {
        for decision in said {
            match decision {
                Decision::Offer { offer, interaction, agent, until, asked_by, .. } => {
                    if asked_by.is_some() {
                        assert!(!self.queued.contains_key(interaction), "{interaction} waits in a queue for a colleague");
                        self.beside.insert((*interaction, *agent));
                    }
                    assert!(*until > self.room.now, "an offer without time to answer");
                    for (other, whose) in self.live.values() {
                        assert!(other != interaction && whose != agent, "a second offer of {interaction} or to {agent}");
                    }
                    self.live.insert(*offer, (*interaction, *agent));
                    self.made.push(*offer);
                }
                Decision::OfferEnded { offer, interaction, agent, outcome, .. } => {
                    assert_eq!(self.live.remove(offer), Some((*interaction, *agent)), "ended what was not offered");
                    assert!(matches!(
                        outcome,
                        OfferOutcome::Answered | OfferOutcome::Missed | OfferOutcome::Rejected
                            | OfferOutcome::Withdrawn | OfferOutcome::Failed
                    ));
                }
                Decision::Queued { interaction, queue, position, .. } => {
                    assert!(*position >= 1);
                    assert_eq!(self.queued.insert(*interaction, *queue), None, "queued twice");
                }
                Decision::QueueLeft { interaction, queue, .. } => {
                    assert_eq!(self.queued.remove(interaction), Some(*queue), "left where it was not");
                }
                Decision::Overflow { interaction, then, .. } => {
                    assert!(!self.queued.contains_key(interaction));
                    assert!(!matches!(then, Overflow::Queue(queue) if !self.directory.queues.contains_key(queue)));
                }
                Decision::SeatChanged { seat, why, by } => self.account_seat(seat, *why, *by),
                Decision::TooLate { .. }
                | Decision::DirectFailed { .. }
                | Decision::WrapUpStarted { .. }
                | Decision::WrapUpExtended { .. }
                | Decision::WrapUpEnded { .. }
                | Decision::Refused { .. } => {}
            }
        }
    }

    /// Every change of status says why, and who asked where somebody did.
    fn account_seat(&mut self, seat: &Seat, why: contract::SeatWhy, by: Option<AgentId>) {
        let before = self.seats.get(&seat.agent);
        if before.is_none_or(|before| before.status != seat.status) && why != contract::SeatWhy::Restart {
            assert_eq!(seat.status_why, why, "a change of status under another reason: {before:?} -> {seat:?}");
            assert_eq!(seat.status_since, self.room.now);
        }
        let asked = matches!(why, contract::SeatWhy::Chosen | contract::SeatWhy::Forced);
        assert!(by.is_none() || asked || why == contract::SeatWhy::WrapUpDone, "{why:?} by {by:?}");
        if seat.status == SeatStatus::Offline {
            self.seats.remove(&seat.agent);
        } else {
            self.seats.insert(seat.agent, seat.clone());
        }
    }

    fn check(&self) {
        let router = &self.room.router;
        let told: Vec<&Seat> = self.seats.values().collect();
        assert_eq!(told, router.seats().collect::<Vec<_>>(), "a seat changed and nobody was told");
        assert_eq!(router.counts().offers, self.live.len());
        let mut talking = BTreeSet::new();
        let mut stations = BTreeSet::new();
        for seat in router.seats() {
            assert!(seat.station.is_none_or(|station| stations.insert(station)), "two seats at one station");
            match seat.activity {
                Activity::Offered { interaction } => {
                    assert!(self.live.values().any(|&pair| pair == (interaction, seat.agent)), "reserved by nothing");
                }
                Activity::Talking { interaction } | Activity::Held { interaction } => {
                    // Who was asked by a colleague may stay, whatever becomes of the caller: the call says when they go.
                    if !self.beside.contains(&(interaction, seat.agent)) {
                        assert!(talking.insert(interaction), "two agents on {interaction}");
                        assert!(!self.queued.contains_key(&interaction), "{interaction} waits and talks");
                    }
                    assert!(self.live.values().all(|&(_, agent)| agent != seat.agent), "offered while on a call");
                }
                Activity::WrapUp { .. } | Activity::Idle => {
                    assert!(self.live.values().all(|&(_, agent)| agent != seat.agent), "offered in secret");
                }
            }
            assert!(seat.activity != Activity::Idle || seat.next.is_none(), "free, and the next status not applied");
        }
        self.check_nobody_waits_in_vain();
    }

    /// An eligible idle agent and a waiting call: an offer exists.
    fn check_nobody_waits_in_vain(&self) {
        let (router, now) = (&self.room.router, self.room.now);
        for &interaction in self.queued.keys() {
            let told = router.explain_call(now, interaction).expect("queued, so it waits");
            let could: Vec<_> = told.agents.iter().filter(|verdict| verdict.obstacle.is_none()).collect();
            assert!(told.ringing.is_some() || could.is_empty(), "{interaction} waits and {could:?} are idle");
            let waiting = router.waiting_in(self.queued[&interaction]);
            assert!(told.position.is_some_and(|position| position as usize <= waiting));
        }
    }

    /// Everybody hangs up and goes home.
    fn close(&mut self) {
        for slot in 0..CALLS {
            self.take(&Step::Over { call: slot, crashed: false });
        }
        for agent in 1..=AGENTS {
            let said = self.room.tell(Input::CallOver { interaction: InteractionId(9_000 + agent) });
            self.account(&said);
            self.take(&Step::Seat(agent, SeatCommand::SignOut, true));
        }
        assert_eq!(self.room.router.counts(), Counts::default());
        assert_eq!(self.room.router.deadline(), None);
        assert!(self.live.is_empty() && self.queued.is_empty() && self.seats.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_nobody_is_offered_twice_forgotten_or_left_waiting_in_vain(
        steps in prop::collection::vec(step(), 1..160)
    ) {
        let mut world = World::new();
        for agent in 1..=AGENTS {
            world.take(&Step::Seat(agent, SeatCommand::SignIn { station: None }, true));
            world.take(&Step::Seat(agent, SeatCommand::Ready, true));
        }
        for step in &steps {
            world.take(step);
        }
        world.close();
    }

    #[test]
    fn with_ageing_nobody_starves_under_a_stream_of_more_urgent_callers(
        step_s in 1..60_u32, talk_s in 1..120_i64, vip in any::<bool>(), priority in 0..10_u8, other_queue in any::<bool>(),
    ) {
        let age_step_ms = step_s * 1_000;
        let plain = Queue { age_step_ms, ..queue(1, &[(1, 1)]) };
        let urgent = Queue { age_step_ms, priority: 9, ..queue(2, &[(1, 1)]) };
        let company = Company::default().agent(1, &[(1, 5)]).queue(plain).queue(urgent);
        let mut room = Room::new(company);
        room.ready(1);
        let first = offer(&room.calls(1, 1));
        room.answer(first);
        room.calls(2, 1); // the one who must not starve
        // Only who came within VIP (20 steps), two priorities (18) and the step under way may go before.
        let last = room.now + EpochMs::from(age_step_ms) * 39;
        let mut came = BTreeMap::new();
        let (mut call, mut talking) = (10, 1);
        loop {
            // Two more urgent callers for each that is served.
            for _ in 0..2 {
                call += 1;
                came.insert(call, room.now);
                room.calls_as(call, if other_queue { 2 } else { 1 }, vip, priority);
            }
            room.pass(talk_s * 1_000);
            let said = room.over(talking);
            talking = offers(&said)[0].0;
            if talking == 2 {
                break;
            }
            prop_assert!(came[&talking] <= last, "overtaken by one who came {} ms later", came[&talking] - T0);
            room.answer(offer(&said));
        }
    }
}
