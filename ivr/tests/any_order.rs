//! Whatever happens in whatever order, a session ends, says nothing after its end, and never leaves a caller waiting
//! for something that will not come.

mod common;

use common::{Call, DEMO, demo};
use contract::{EndCause, EventKind, QueueId};
use ivr::{Act, Flow, Input, QueueReturn};
use proptest::prelude::*;
use std::sync::Arc;

/// What a rough world may do to a session.
#[derive(Debug, Clone)]
enum Blow {
    Input(Input),
    /// The running play ends.
    Heard(bool),
    /// The deadline comes.
    Waits,
    /// Time passes, and a deadline may come early or late.
    Passes(i64),
}

fn blow() -> impl Strategy<Value = Blow> {
    let key = proptest::sample::select("0123456789*#A".chars().collect::<Vec<_>>());
    prop_oneof![
        6 => key.prop_map(|key| Blow::Input(Input::Digit(key))),
        4 => any::<bool>().prop_map(Blow::Heard),
        4 => Just(Blow::Waits),
        1 => (0_i64..200_000).prop_map(Blow::Passes),
        1 => (0_u32..20, any::<bool>()).prop_map(|(id, ok)| Blow::Input(Input::PlayDone { id, ok })),
        1 => proptest::sample::select(vec![
            Input::Started,
            Input::Deadline,
            Input::Identified(Vec::new()),
            Input::QueueReturned(QueueReturn::MaxWait),
            Input::QueueReturned(QueueReturn::Full),
            Input::TransferFailed(EndCause::Busy),
            Input::Recorded { saved: true },
            Input::Recorded { saved: false },
            Input::TakeMessage { queue: QueueId(1) },
        ]).prop_map(Blow::Input),
    ]
}

const ROUND: &str = r#"
language: keep
start: menu
variables: { n: "", left: 9 }
max_ms: 120000
nodes:
  menu:
    kind: menu
    prompts: [main-menu, { say: number, value: left }]
    choices:
      "1": { label: number, next: number }
      "2": { label: transfer, next: transfer }
      "3": { label: queue, next: queue }
      "4": { label: message, next: message }
      "5": { label: count, next: count }
      "6": { label: other, next: other }
    repeat: "*"
    failed: out
  number: { kind: collect, prompts: [enter-order], into: n, max: 5, check: "int(n) % 7 != 0", next: menu, failed: out }
  transfer: { kind: transfer, number: "10086", failed: out }
  queue: { kind: queue, queue: vip, max_wait: menu, full: out }
  message: { kind: voicemail, next: out }
  count: { kind: set, values: { left: "100 / left - 12" }, next: again }
  again: { kind: menu, prompts: [repeat], choices: { "1": { label: again, next: menu } }, failed: out }
  other: { kind: goto, flow: main }
  out: { kind: hangup, prompts: [goodbye] }
"#;

struct Watch {
    call: Call,
    begun: u32,
    ended: u32,
    hung_up: bool,
}

impl Watch {
    fn new(flow: Arc<Flow>) -> Self {
        Self { call: Call::new(flow), begun: 0, ended: 0, hung_up: false }
    }

    /// The harness itself asserts that nothing plays over something else and nothing plays at an exit.
    fn does(&mut self, input: Input) -> Vec<Act> {
        let was_over = self.call.session.is_over();
        let acts = self.call.acts(input);
        assert!(!was_over || acts.is_empty(), "acts after the end: {acts:?}");
        for act in &acts {
            assert!(!self.hung_up, "an act after the hang-up: {act:?}");
            match act {
                Act::Emit(EventKind::FlowStarted { .. }) => self.begun += 1,
                Act::Emit(EventKind::FlowEnded { .. }) => self.ended += 1,
                Act::Hangup(_) => self.hung_up = true,
                Act::Play { prompts, .. } => assert!(!prompts.is_empty(), "plays nothing"),
                Act::StopPlay { .. } | Act::Queue(_) | Act::Transfer(_) | Act::Record(_) | Act::Trouble { .. } | Act::Return { .. } | Act::Emit(_) => {}
            }
        }
        assert!(self.begun - self.ended <= 1, "begins and ends take turns");
        assert_eq!(self.hung_up, self.hung_up && self.call.session.is_over());
        acts
    }

    fn suffers(&mut self, blow: Blow) {
        match blow {
            Blow::Input(input) => drop(self.does(input)),
            Blow::Heard(ok) => {
                if let Some(id) = self.call.take_play() {
                    self.does(Input::PlayDone { id, ok });
                }
            }
            Blow::Waits => {
                if let Some(at) = self.call.session.deadline() {
                    self.call.now = self.call.now.max(at);
                    self.does(Input::Deadline);
                }
            }
            Blow::Passes(ms) => {
                self.call.now += ms;
                self.does(Input::Deadline);
            }
        }
    }

    /// From here on nobody presses anything, and whatever the session asks for goes wrong: it must let go of the caller.
    fn runs_out(&mut self) {
        for _ in 0..2_000 {
            if self.call.session.is_over() {
                assert_eq!(self.begun, self.ended);
                return;
            }
            match self.call.session.deadline() {
                Some(at) => {
                    self.call.now = self.call.now.max(at);
                    self.does(Input::Deadline);
                }
                // Out of our hands: in a queue or at another number. It comes back, at worst for ever.
                None => {
                    assert_eq!(self.begun, self.ended, "the flow has let go");
                    assert!(!self.call.is_playing());
                    self.does(Input::QueueReturned(QueueReturn::MaxWait));
                    self.does(Input::TransferFailed(EndCause::Busy));
                }
            }
        }
        panic!("it never ends: {:?}", self.call.session);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_events_ends(which in 0..DEMO.len() + 1, blows in proptest::collection::vec(blow(), 0..120)) {
        let flow = DEMO.get(which).map_or_else(|| common::compile("test", ROUND), |name| demo(name));
        let mut watch = Watch::new(flow);
        watch.does(Input::Started);
        for blow in blows {
            watch.suffers(blow);
        }
        watch.runs_out();
        prop_assert!(watch.call.session.deadline().is_none());
    }

    #[test]
    fn a_caller_may_leave_at_any_moment(which in 0..DEMO.len(), blows in proptest::collection::vec(blow(), 0..40)) {
        let mut watch = Watch::new(demo(DEMO[which]));
        watch.does(Input::Started);
        for blow in blows {
            watch.suffers(blow);
        }
        watch.does(Input::CallerLeft);
        prop_assert!(watch.call.session.is_over());
        prop_assert_eq!(watch.begun, watch.ended);
        prop_assert!(watch.does(Input::Digit('1')).is_empty());
    }

    #[test]
    fn any_bytes_are_a_flow_or_a_refusal(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        ivr::fuzz_compile(&bytes);
    }

    #[test]
    fn a_demo_flow_with_pieces_moved_is_a_flow_or_a_refusal(
        which in 0..DEMO.len(),
        cuts in proptest::collection::vec((0.0..1.0_f64, 0_usize..40, "\\PC{0,6}"), 1..6),
    ) {
        let mut text: Vec<char> = common::demo_yaml(DEMO[which]).chars().collect();
        for (at, length, instead) in cuts {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
            let from = (at * text.len() as f64) as usize;
            let until = (from + length).min(text.len());
            text.splice(from..until, instead.chars());
        }
        ivr::fuzz_compile(text.into_iter().collect::<String>().as_bytes());
    }
}

#[test]
fn a_queue_that_gives_the_caller_back_for_ever_is_left_in_the_end() {
    let yaml = "start: q\nnodes:\n  q: { kind: queue, queue: vip, max_wait: q }\n";
    let mut watch = Watch::new(common::compile("test", yaml));
    watch.does(Input::Started);
    watch.runs_out();
    assert!(watch.hung_up);
}

/// Inputs worth keeping, for the fuzzer and for every test run.
#[test]
fn the_corpus_is_read_without_harm() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/flow");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).expect("the corpus is in the repository") {
        ivr::fuzz_compile(&std::fs::read(file.expect("readable").path()).expect("readable"));
        seen += 1;
    }
    assert!(seen >= 20, "{seen} files");
}
