//! How long the router thinks: 5,000 agents, 200 queues over 60 skills, 2,000 callers waiting; median and p99 of each kind
//! of event. `cargo run -p acd --release --example acd_load`. Prints, asserts nothing: a timing is not a fact.
#![expect(clippy::disallowed_methods, reason = "this is the stopwatch")]

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use acd::{Decision, Input, Router, RouterConfig};
use contract::directory::{Agent, AnswerBy, DigestBy, Directory, Overflow, Queue, Secret, Srtp, Station};
use contract::{AgentId, EpochMs, IdMaker, InteractionId, QueueId, SeatCommand, SkillId, StationId};

const AGENTS: i64 = 5_000;
const QUEUES: i64 = 200;
const WAITING: usize = 2_000;
const SKILLS: i64 = 60;
const ROUNDS: i64 = 20_000;

/// Every agent has 6 skills, every queue needs one or two.
fn company() -> Directory {
    let mut company = Directory::default();
    for id in 1..=AGENTS {
        let (agent, station) = (AgentId(id), StationId(id));
        let skills = (0..6).map(|n| (SkillId((id + n * 7) % SKILLS), u8::try_from(1 + (id + n) % 10).unwrap_or(1)));
        let person = Agent {
            id: agent,
            name: String::new(),
            team: None,
            skills: skills.collect(),
            station: Some(station),
            dial_prefixes: Vec::new(),
        };
        company.agents.insert(agent, person);
        let phone =
            Station { id: station, username: String::new(), password: Secret::default(), answer_by: AnswerBy::Phone, digest: DigestBy::Both, srtp: Srtp::OverTls, number: String::new(), beside: None };
        company.stations.insert(station, phone);
    }
    for id in 1..=QUEUES {
        let mut skills = BTreeMap::from([(SkillId(id % SKILLS), 1)]);
        if id > 2 * SKILLS {
            skills.insert(SkillId((id + 7) % SKILLS), 1);
        }
        company.queues.insert(QueueId(id), queue(id, skills));
    }
    company
}

fn queue(id: i64, skills: BTreeMap<SkillId, u8>) -> Queue {
    Queue {
        id: QueueId(id),
        name: String::new(),
        skills,
        ring_ms: 20_000,
        max_wait_ms: 600_000,
        at_max_wait: Overflow::Voicemail,
        max_waiting: 0,
        when_full: Overflow::Voicemail,
        wrap_up_ms: 0,
        announce_ms: 0,
        music: String::new(),
        priority: u8::try_from(id % 4).unwrap_or(0),
        age_step_ms: 30_000,
        target_ms: 20_000,
        short_ms: 5_000,
        record: false,
        auto_answer: false,
        caller_id: String::new(),
        missed_not_ready: true,
        rejected_not_ready: true,
    }
}

struct Bench {
    router: Router,
    now: EpochMs,
    calls: i64,
    talking: VecDeque<InteractionId>,
    times: BTreeMap<&'static str, Vec<u64>>,
}

impl Bench {
    fn tell(&mut self, kind: &'static str, input: Input) -> Vec<Decision> {
        let began = Instant::now();
        let said = self.router.handle(self.now, input);
        let took = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.times.entry(kind).or_default().push(took);
        said
    }

    fn call_in(&mut self, kind: &'static str) {
        self.calls += 1;
        let (interaction, queue) = (InteractionId(self.calls), QueueId(1 + self.calls * 37 % QUEUES));
        let vip = self.calls % 50 == 0;
        let said = self.tell(kind, Input::Enqueue { interaction, queue, vip, priority: 0, credit_ms: 0 });
        self.answer(&said);
    }

    fn answer(&mut self, said: &[Decision]) {
        for decision in said {
            if let Decision::Offer { offer, interaction, .. } = decision {
                drop(self.tell("answered", Input::OfferAnswered { offer: *offer }));
                self.talking.push_back(*interaction);
            }
        }
    }

    fn print(&mut self) {
        println!("{:?}", self.router.counts());
        println!("{:48} {:>8} {:>10} {:>10}", "event", "count", "median µs", "p99 µs");
        for (kind, times) in &mut self.times {
            times.sort_unstable();
            let at = |percent: usize| times[(times.len() - 1) * percent / 100] as f64 / 1000.0;
            println!("{kind:48} {:>8} {:>10.1} {:>10.1}", times.len(), at(50), at(99));
        }
    }
}

fn main() {
    let router = Router::new(IdMaker::new(1), RouterConfig::default());
    let now = 1_795_399_200_000;
    let mut bench = Bench { router, now, calls: 0, talking: VecDeque::new(), times: BTreeMap::new() };
    let directory = Arc::new(company());
    drop(bench.tell("directory, new router", Input::Directory(directory.clone())));
    for id in 1..=AGENTS {
        let agent = AgentId(id);
        drop(bench.tell("station up", Input::StationUp { station: StationId(id) }));
        drop(bench.tell("sign in", Input::Seat { agent, command: SeatCommand::SignIn { station: None }, by: agent }));
        drop(bench.tell("ready, nobody waits", Input::Seat { agent, command: SeatCommand::Ready, by: agent }));
    }
    while bench.router.counts().waiting < WAITING {
        bench.now += 5;
        bench.call_in("call in, filling up");
    }
    for _ in 0..ROUNDS {
        bench.now += 5;
        if let Some(interaction) = bench.talking.pop_front() {
            let said = bench.tell("call over, freed agent offered the next", Input::CallOver { interaction });
            bench.answer(&said);
        }
        bench.call_in("call in, 2,000 waiting");
        drop(bench.tell("tick, nothing due", Input::Tick));
    }
    drop(bench.tell("directory, nothing changed", Input::Directory(directory.clone())));
    let mut changed = (*directory).clone();
    if let Some(queue) = changed.queues.get_mut(&QueueId(1)) {
        queue.skills = BTreeMap::from([(SkillId(1), 2), (SkillId(8), 2)]);
    }
    drop(bench.tell("directory, one queue's skills changed", Input::Directory(Arc::new(changed))));
    bench.print();
}
