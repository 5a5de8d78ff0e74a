//! What users of such systems complain about (threads in public trackers), each as a fact that holds of a call.

use super::*;

/// A call at something, and everything it wanted since.
struct Story {
    line: Line,
    done: Vec<Action>,
    /// Legs it has, or has had since.
    legs: BTreeSet<LegId>,
}

impl Story {
    fn of(line: Line) -> Self {
        let legs = line.call.legs().collect();
        Self { line, done: vec![], legs }
    }

    fn on(&mut self, event: CallEvent) {
        self.line.on(event);
        self.note();
    }

    fn ask(&mut self, command: CallCommand) {
        // A refusal is an answer too: it changes nothing.
        if self.line.ask(command).is_ok() {
            self.note();
        }
    }

    fn note(&mut self) {
        self.done.append(&mut self.line.last);
        self.legs.extend(self.line.call.legs());
    }

    fn times(&self, is: impl Fn(&Action) -> bool) -> usize {
        self.done.iter().filter(|action| is(action)).count()
    }

    fn recordings(&self) -> Vec<RecordingId> {
        let started = |kind: &EventKind| match kind {
            EventKind::RecordingStarted { recording, .. } => Some(*recording),
            _ => None,
        };
        self.line.told.iter().filter_map(started).collect()
    }

    /// Media, signalling and recorder say their last words.
    fn last_words(&mut self) {
        let open: Vec<LegId> = self.line.call.legs().collect();
        for leg in open {
            self.on(CallEvent::LegClosed { leg, quality: None });
        }
        for recording in self.recordings() {
            self.on(CallEvent::RecordingEnded { recording, duration_ms: 1, bytes: 1, complete: true });
        }
    }
}

fn moved(target: TransferTarget) -> Line {
    let (mut line, leg) = Line::talking();
    line.ask(CallCommand::Transfer { target }).unwrap();
    // The agent's part has gone; the dialed leg, where there is one, is named in what was wanted last.
    let wanted = line.last.clone();
    line.on(CallEvent::LegClosed { leg, quality: None });
    line.recorded();
    line.last = wanted;
    line
}

fn outside() -> (Line, LegId) {
    let line = moved(TransferTarget::Number { number: "02162345678".into() });
    let leg = line.dialed();
    (line, leg)
}

fn asked(command: CallCommand) -> Line {
    let (mut line, _) = Line::talking();
    line.ask(command).unwrap();
    line
}

fn announced() -> Line {
    let mut line = Line::ring_in();
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    line.on(CallEvent::Enqueued { facts: QueueFacts { queue: QUEUE, music: String::new(), announce_ms: 30_000 } });
    line.now = line.call.deadline().unwrap();
    line.on(CallEvent::Deadline);
    line.on(CallEvent::Position { position: 2 });
    line
}

fn message() -> Line {
    let mut line = Line::queued();
    line.on(CallEvent::QueueOver { queue: QUEUE, why: QueueReturn::MaxWait, then: Overflow::Voicemail });
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    line
}

fn farewell() -> Line {
    let mut line = Line::queued();
    let then = Overflow::Hangup("goodbye".into());
    line.on(CallEvent::QueueOver { queue: QUEUE, why: QueueReturn::Full, then });
    line
}

/// A call at each thing it can be at, with all that may run beside it.
fn everywhere() -> Vec<(&'static str, Line)> {
    let auto = || {
        let (mut line, _) = Line::offered(AnswerBy::AutoAnswer);
        line.ask(CallCommand::Answer).unwrap();
        line
    };
    let through = || {
        let (mut line, leg) = outside();
        line.on(CallEvent::LegAnswered { leg });
        line
    };
    vec![
        ("a prompt plays", Line::ring_in()),
        ("music plays in the queue", Line::queued()),
        ("the position is being said", announced()),
        ("a phone rings", Line::offered(AnswerBy::Phone).0),
        ("a phone is told to answer by itself", auto()),
        ("they talk and are recorded", Line::talking().0),
        ("the caller is on hold", asked(CallCommand::Hold)),
        ("the agent is muted", asked(CallCommand::Mute)),
        ("the recording is paused", asked(CallCommand::PauseRecording { reason: "card".into() })),
        ("a transfer rings outside", outside().0),
        ("the caller talks to a number outside", through()),
        ("a transfer asks for a colleague", moved(TransferTarget::Agent { agent: AgentId(8) })),
        ("a transfer enters a queue", moved(TransferTarget::Queue { queue: QueueId(6) })),
        ("a message is taken", message()),
        ("a last prompt plays", farewell()),
    ]
}

/// The caller, the house, the agent, a far end, silence, time: in this order, beginning with the `first`th.
fn ended_by_everybody(story: &mut Story, first: usize) {
    const WAYS: usize = 6;
    for way in 0..WAYS {
        let others: Vec<LegId> = story.line.call.legs().filter(|leg| *leg != CALLER).collect();
        match (first + way) % WAYS {
            0 => story.on(hang_up(CALLER)),
            1 => story.on(CallEvent::Abort(EndCause::Shutdown)),
            2 => story.ask(CallCommand::Hangup),
            3 => others.into_iter().for_each(|leg| story.on(hang_up(leg))),
            4 => {
                story.line.pass(EpochMs::from(SILENT_WAIT_MS));
                story.on(CallEvent::Silent { leg: CALLER, ms: SILENT_WAIT_MS });
            }
            _ => {
                // Not the deadline of the closing itself, as the last words come in time; nor that of routing that never
                // answers, after which the call goes on elsewhere.
                if !matches!(story.line.call.stage, Stage::Closing { .. } | Stage::Entering(_))
                    && let Some(due) = story.line.call.deadline()
                {
                    story.line.now = story.line.now.max(due);
                    story.on(CallEvent::Deadline);
                }
            }
        }
    }
}

/// What was on its way when the call ended: a key, a prompt's end, a 200, a new lease, the word of a lookup.
fn latecomers(legs: &BTreeSet<LegId>) -> Vec<CallEvent> {
    let mut late = vec![
        CallEvent::Digit { leg: CALLER, digit: '5' },
        CallEvent::PlayDone { leg: CALLER, id: 1, ok: true },
        CallEvent::PlayDone { leg: CALLER, id: machine::OWN_PLAYS, ok: true },
        CallEvent::Offer(offer(AnswerBy::Phone)),
        CallEvent::OfferOver { offer: OFFER, outcome: OfferOutcome::Missed },
        CallEvent::Enqueued { facts: QueueFacts { queue: QUEUE, music: String::new(), announce_ms: 1 } },
        CallEvent::QueueOver { queue: QUEUE, why: QueueReturn::Full, then: Overflow::Voicemail },
        CallEvent::Position { position: 1 },
        CallEvent::DirectFailed { agent: AgentId(8), cause: EndCause::Busy },
        CallEvent::Identified(vec![]),
        CallEvent::Abort(EndCause::Failed),
    ];
    for &leg in legs {
        late.extend([
            CallEvent::LegRinging { leg },
            CallEvent::LegAnswered { leg },
            CallEvent::LegFailed { leg, status: 503 },
            CallEvent::FarHold { leg, on: true },
            hang_up(leg),
        ]);
    }
    late
}

#[test]
fn lesson_09_by_whomever_and_however_often_a_call_is_ended_every_side_task_of_it_ends_once() {
    for first in 0..6 {
        for (at, line) in everywhere() {
            let mut story = Story::of(line);
            let running = story.line.call.recording.map(|r| r.id);
            let messages = story.recordings().len();
            ended_by_everybody(&mut story, first);
            let legs = story.legs.clone();
            latecomers(&legs).into_iter().for_each(|event| story.on(event));
            assert!(!story.line.call.hears_digits(), "{at}: nobody listens for keys any more");
            for &leg in &legs {
                let told = story.times(|a| matches!(a, Action::HangUp { leg: l, .. } if *l == leg));
                assert_eq!(told, 1, "{at}, first ended by {first}: leg {leg} is told to go");
            }
            let stopped = story.times(|a| matches!(a, Action::StopRecording(r) if Some(*r) == running));
            assert_eq!(stopped, usize::from(running.is_some()), "{at}, first ended by {first}: its recording");
            let router =
                |a: &Action| matches!(a, Action::Router(RouterAsk::Leave { .. } | RouterAsk::TalkEnded { .. }));
            assert!(story.times(router) <= 1, "{at}, first ended by {first}: {:?}", story.done);
            assert_eq!(story.recordings().len(), messages, "{at}, first ended by {first}: nothing new is recorded");

            story.last_words();
            story.line.ended();
            assert_eq!(story.line.call.deadline(), None, "{at}: no timer runs on");
            assert!(story.line.call.session.is_none() && story.line.call.recordings_closing.is_empty(), "{at}");
            let (done, told) = (story.done.len(), story.line.told.len());
            ended_by_everybody(&mut story, first);
            latecomers(&legs).into_iter().for_each(|event| story.on(event));
            assert_eq!((story.done.len(), story.line.told.len()), (done, told), "{at}: nothing follows an end");
        }
    }
}

#[test]
fn lesson_09_in_whichever_way_a_dial_fails_the_call_goes_on_and_ends_whole() {
    type Fails = Box<dyn Fn(LegId) -> CallEvent>;
    let mut ways: Vec<(String, Fails)> = vec![
        ("no way out".into(), Box::new(|leg| CallEvent::NotDialed { leg, cause: EndCause::Unreachable })),
        ("the line broke".into(), Box::new(hang_up)),
        ("media closed by itself".into(), Box::new(|leg| CallEvent::LegClosed { leg, quality: None })),
    ];
    for status in [403, 404, 408, 410, 480, 481, 484, 486, 487, 488, 500, 503, 600, 603, 604, 699] {
        ways.push((status.to_string(), Box::new(move |leg| CallEvent::LegFailed { leg, status })));
    }
    for (name, fails) in ways {
        let (mut line, leg) = outside();
        line.on(fails(leg));
        let back = |a: &Action| matches!(a, Action::Router(RouterAsk::Enqueue { queue: QUEUE, .. }));
        assert!(line.last.iter().any(back), "{name}: {:?}", line.last);
        let failed = line.told.iter().filter(|k| matches!(k, EventKind::TransferFailed { .. })).count();
        assert_eq!((failed, line.call.stage_name()), (1, "waiting"), "{name}");
        line.on(CallEvent::LegClosed { leg, quality: None });
        assert_eq!(line.call.legs().collect::<Vec<_>>(), [CALLER], "{name}: only the caller is left");
        line.on(hang_up(CALLER));
        line.settle();
        assert_eq!(line.ended(), (EndCause::Abandoned, HungUpBy::Caller), "{name}");
    }
}

/// A call, which leg of it is silent, and after how many milliseconds that leg is given up; none: never.
type Quiet = (&'static str, Line, LegId, Option<u32>);

fn silences() -> Vec<Quiet> {
    let agent_of = |line: &Line| line.call.agent_leg().expect("an agent talks");
    let far_hold = |of_agent: bool| {
        let (mut line, leg) = Line::talking();
        let leg = if of_agent { leg } else { CALLER };
        line.on(CallEvent::FarHold { leg, on: true });
        (line, leg)
    };
    let (held, muted) = (asked(CallCommand::Hold), asked(CallCommand::Mute));
    let (held_agent, muted_agent) = (agent_of(&held), agent_of(&muted));
    let (by_agent, agent) = far_hold(true);
    let (by_caller, caller) = far_hold(false);
    let (talking, talker) = Line::talking();
    vec![
        ("a caller listens to a prompt", Line::ring_in(), CALLER, Some(SILENT_WAIT_MS)),
        ("a caller waits in the queue", Line::queued(), CALLER, Some(SILENT_WAIT_MS)),
        ("a caller waits while a phone rings", Line::offered(AnswerBy::Phone).0, CALLER, Some(SILENT_WAIT_MS)),
        ("a caller talks", Line::talking().0, CALLER, Some(SILENT_TALK_MS)),
        ("an agent talks", talking, talker, Some(SILENT_TALK_MS)),
        ("a caller is on hold", asked(CallCommand::Hold), CALLER, None),
        ("an agent has the caller on hold", held, held_agent, None),
        ("a muted agent", muted, muted_agent, None),
        ("the caller of a muted agent", asked(CallCommand::Mute), CALLER, Some(SILENT_TALK_MS)),
        ("the agent's phone holds", by_agent, agent, None),
        ("the caller's phone holds", by_caller, caller, None),
    ]
}

#[test]
fn lesson_10_how_long_a_leg_may_be_silent_is_a_rule_of_each_state_and_no_end_on_hold_or_when_muted() {
    for (who, mut line, leg, most) in silences() {
        let Some(most) = most else {
            line.pass(86_400_000);
            assert_eq!(line.on(CallEvent::Silent { leg, ms: 86_400_000 }), [], "{who}: a whole day");
            continue;
        };
        line.pass(EpochMs::from(most) - 1);
        assert_eq!(line.on(CallEvent::Silent { leg, ms: most - 1 }), [], "{who}");
        line.pass(1).on(CallEvent::Silent { leg, ms: most });
        if leg != CALLER {
            // An agent's phone is lost: the caller is still there.
            assert_eq!((line.call.stage_name(), line.call.agent()), ("waiting", None), "{who}");
            continue;
        }
        line.settle();
        line.pass(CLOSING_MS).on(CallEvent::Deadline);
        assert_eq!(line.ended(), (EndCause::MediaTimeout, HungUpBy::System), "{who}");
    }
}

/// Media counts silence from the last packet: what was right to be silent before must not be held against a leg.
#[test]
fn lesson_10_who_was_rightly_silent_has_the_whole_time_anew_when_there_is_something_to_hear() {
    const BEFORE: u32 = 500_000;
    let silent = |mut line: Line, leg: LegId| {
        line.pass(EpochMs::from(BEFORE));
        assert_eq!(line.on(CallEvent::Silent { leg, ms: BEFORE }), []);
        (line, leg)
    };
    let asked_then = |first: CallCommand, agents: bool, then: CallCommand| {
        let line = asked(first);
        let leg = if agents { line.call.agent_leg().unwrap() } else { CALLER };
        let (mut line, leg) = silent(line, leg);
        line.ask(then).unwrap();
        (line, leg)
    };
    let (rings, phone) = Line::offered(AnswerBy::Phone);
    let mut answered = silent(rings, CALLER);
    answered.0.on(CallEvent::LegAnswered { leg: phone.unwrap() });
    let (mut away, _) = Line::talking();
    away.on(CallEvent::FarHold { leg: CALLER, on: true });
    let mut back = silent(away, CALLER);
    back.0.on(CallEvent::FarHold { leg: CALLER, on: false });
    let cases = [
        ("answered after a silent wait", answered),
        ("resumed after a silent hold", asked_then(CallCommand::Hold, false, CallCommand::Resume)),
        ("unmuted after a silent time", asked_then(CallCommand::Mute, true, CallCommand::Unmute)),
        ("back after its own phone held", back),
    ];
    for (who, (mut line, leg)) in cases {
        line.pass(EpochMs::from(SILENT_TALK_MS) - 1);
        assert_eq!(line.on(CallEvent::Silent { leg, ms: BEFORE + SILENT_TALK_MS - 1 }), [], "{who}");
        assert_eq!(line.call.stage_name(), "talking", "{who}");
        line.pass(1).on(CallEvent::Silent { leg, ms: BEFORE + SILENT_TALK_MS });
        let given_up = if leg == CALLER { "closing" } else { "waiting" };
        assert_eq!(line.call.stage_name(), given_up, "{who}: and no longer than that");
    }
}
