//! Carrying out what a call and the router decided. Nothing here chooses; what goes wrong comes back as an event.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use contract::{EndCause, EpochMs, EventKind, InteractionId, LegId, OfferOutcome, Party};

use super::Prompts;
use super::switch::{Message, Switch, Unspoken, Work};
use crate::call::{Action, CallEvent, DIRECT_WAIT_MS, Dial, Offer, QueueFacts, QueueReturn, RouterAsk};
use crate::media::{Clip, MediaCommand, MediaError, MediaEvent};
use crate::sip::api::UaCommand;

/// How long the phone of one agent asked for rings.
const DIRECT_RING_MS: u32 = 20_000;

/// Media commands kept while a media thread does not take them.
const MOST_LATE: usize = 65_536;
/// How soon they are tried again.
pub(super) const LATE_AGAIN_MS: EpochMs = 10;

impl Switch {
    pub(super) fn perform(&mut self, now: EpochMs, id: InteractionId, action: Action) {
        match action {
            Action::Tell(kind) => self.ports.ledger.record(now, Some(id), kind),
            Action::Router(ask) => self.ask_router(now, id, ask),
            Action::Answer(leg) => self.answer(leg),
            Action::Dial { leg, to } => match to {
                Dial::Station { station, ring_ms, auto_answer } => {
                    self.dial_station(id, leg, station, ring_ms, auto_answer);
                }
                Dial::Number { number, ring_ms } => self.dial_number(now, id, leg, &number, ring_ms),
            },
            Action::RingBack(leg) => {
                self.wants_play(leg, None);
                let clips = vec![Prompts::ring_back()];
                self.media_do(leg, MediaCommand::Play { leg, id: MUSIC, clips, repeat: true });
            }
            Action::PressTalk(leg) => {
                if self.press_browser(leg) {
                    return;
                }
                if let Some(known) = self.legs.get(leg) {
                    self.asks.push_back(UaCommand::NotifyTalk { dialog: known.dialog });
                }
            }
            Action::HangUp { leg, cause } => {
                if let Some(line) = self.legs.get(leg).and_then(|known| known.line) {
                    self.visit_over(line, cause);
                }
                self.hang_up(leg);
            }
            Action::Play { leg, id: play, prompts } => self.play(leg, play, prompts),
            Action::Music { leg, name } => {
                self.wants_play(leg, None);
                match self.prompts.music(&name) {
                    Some(clip) => {
                        self.media_do(leg, MediaCommand::Play { leg, id: MUSIC, clips: vec![clip], repeat: true });
                    }
                    None => self.media_do(leg, MediaCommand::StopPlay { leg }),
                }
            }
            Action::Quiet(leg) => {
                self.wants_play(leg, None);
                self.media_do(leg, MediaCommand::StopPlay { leg });
            }
            Action::Bridge(a, b) => self.media_do(a, MediaCommand::Bridge { a, b }),
            Action::Part(a, b) => self.media_do(a, MediaCommand::Unbridge { a, b }),
            Action::Hear { leg, source, on } => self.media_do(leg, MediaCommand::Hear { leg, source, on }),
            Action::Mute { leg, on } => self.media_do(leg, MediaCommand::Mute { leg, on }),
            Action::Digits { leg, digits } => self.media_do(leg, MediaCommand::SendDigits { leg, digits }),
            Action::Record { recording, left, right, path } => {
                self.recordings.insert(recording, id);
                self.media_do(left, MediaCommand::Record { recording, left, right, path: path.into() });
            }
            Action::RecordRight { recording, right } => self.room_do(id, MediaCommand::SetRecordRight { recording, right }),
            Action::PauseRecording(recording) => self.room_do(id, MediaCommand::PauseRecord { recording }),
            Action::ResumeRecording(recording) => self.room_do(id, MediaCommand::ResumeRecord { recording }),
            Action::StopRecording(recording) => self.room_do(id, MediaCommand::StopRecord { recording }),
        }
    }

    fn ask_router(&mut self, now: EpochMs, interaction: InteractionId, ask: RouterAsk) {
        let input = match ask {
            RouterAsk::Enqueue { queue, priority, vip, credit_ms } => {
                acd::Input::Enqueue { interaction, queue, vip, priority: priority.unwrap_or(0), credit_ms }
            }
            RouterAsk::Direct { agent, queue, vip, ring_ms } => acd::Input::Direct {
                interaction,
                agent,
                queue,
                vip,
                priority: 0,
                wait_ms: DIRECT_WAIT_MS,
                ring_ms: ring_ms.unwrap_or(DIRECT_RING_MS),
                fallback: None,
            },
            RouterAsk::Ask { by, whom } => {
                acd::Input::Ask { interaction, by, whom, wait_ms: DIRECT_WAIT_MS, ring_ms: DIRECT_RING_MS }
            }
            RouterAsk::Serves { agent, queue } => acd::Input::Serves { interaction, agent, queue },
            RouterAsk::Vip => acd::Input::Vip { interaction },
            RouterAsk::Return { queue, vip, credit_ms } => acd::Input::Return { interaction, queue, vip, credit_ms },
            RouterAsk::Raise => acd::Input::Raise { interaction },
            RouterAsk::Leave { outcome } => acd::Input::Leave { interaction, outcome },
            RouterAsk::Answered { offer } => acd::Input::OfferAnswered { offer },
            RouterAsk::Rejected { offer } => acd::Input::OfferRejected { offer },
            RouterAsk::Missed { offer } => acd::Input::OfferMissed { offer },
            RouterAsk::Failed { offer } => acd::Input::OfferFailed { offer },
            RouterAsk::Withdrawn { offer } => acd::Input::OfferWithdrawn { offer },
            RouterAsk::Held { agent, on: true } => acd::Input::TalkHeld { interaction, agent },
            RouterAsk::Held { agent, on: false } => acd::Input::TalkResumed { interaction, agent },
            RouterAsk::Busy { agent, on: true } => acd::Input::AgentBusy { interaction, agent },
            RouterAsk::Busy { agent, on: false } => acd::Input::AgentFree { interaction, agent },
            RouterAsk::StationFailed { agent } => acd::Input::StationFailed { agent },
            RouterAsk::TalkEnded { agent, .. } => acd::Input::TalkEnded { interaction, agent },
            RouterAsk::Position => {
                if let Some(position) = self.router.position(now, interaction) {
                    self.tell_call(interaction, CallEvent::Position { position });
                }
                return;
            }
        };
        self.work.push_back(Work::Router(input));
    }

    /// One input to the router, and its decisions in order: facts to the ledger, the rest to the calls.
    pub(super) fn route(&mut self, now: EpochMs, input: acd::Input) {
        let Ok(decisions) = catch_unwind(AssertUnwindSafe(|| self.router.handle(now, input))) else {
            // One input is lost; the truth audit finds what it meant. All other calls go on.
            self.broken += 1;
            tracing::error!("routing broke on one input");
            return;
        };
        for decision in decisions {
            self.decided(now, decision);
        }
    }

    pub(super) fn decided(&mut self, now: EpochMs, decision: acd::Decision) {
        use acd::Decision as D;
        match decision {
            D::Offer { offer, interaction, agent, station, queue, until, waited_ms, why, asked_by } => {
                let offered = EventKind::Offered { offer, agent, station, queue, until, waited_ms, why, asked_by };
                self.tell(now, interaction, offered);
                let directory = &self.company.directory;
                let answer_by = directory.answer_by(station);
                let record = queue.is_none_or(|q| directory.queues.get(&q).is_none_or(|q| q.record));
                let ring_ms = u32::try_from((until - now).max(0)).unwrap_or(u32::MAX);
                let rule = queue.and_then(|q| directory.queues.get(&q)).is_some_and(|q| q.auto_answer);
                let auto_answer = rule && asked_by.is_none();
                let offer = Offer { offer, agent, station, answer_by, queue, ring_ms, record, auto_answer };
                self.tell_call(interaction, CallEvent::Offer(offer));
            }
            D::OfferEnded { offer, interaction, agent, queue, outcome, rang_ms } => {
                self.tell(now, interaction, EventKind::OfferEnded { offer, agent, queue, outcome, rang_ms });
                if outcome != OfferOutcome::Answered {
                    self.tell_call(interaction, CallEvent::OfferOver { offer, outcome });
                }
            }
            // The call took the offer's end for its own in the same breath: its leg is already on its way down.
            D::TooLate { .. } => {}
            D::Queued { interaction, queue, vip, priority, position } => {
                self.tell(now, interaction, EventKind::Queued { queue, vip, priority, position });
                let found = self.company.directory.queues.get(&queue);
                let facts = QueueFacts {
                    queue,
                    music: found.map(|q| q.music.clone()).unwrap_or_default(),
                    announce_ms: found.map_or(0, |q| q.announce_ms),
                };
                self.tell_call(interaction, CallEvent::Enqueued { facts });
            }
            D::QueueLeft { interaction, queue, outcome, waited_ms } => {
                self.tell(now, interaction, EventKind::QueueLeft { queue, outcome, waited_ms });
            }
            D::Overflow { interaction, queue, why, then } => {
                let why = match why {
                    acd::OverflowWhy::MaxWait => QueueReturn::MaxWait,
                    acd::OverflowWhy::Full | acd::OverflowWhy::Removed | acd::OverflowWhy::Unknown => QueueReturn::Full,
                };
                self.tell_call(interaction, CallEvent::QueueOver { queue, why, then });
            }
            D::DirectFailed { interaction, agent, why, .. } => {
                let cause = match why {
                    acd::DirectWhy::Offline | acd::DirectWhy::NotReady | acd::DirectWhy::Failed => {
                        EndCause::Unreachable
                    }
                    acd::DirectWhy::Busy => EndCause::Busy,
                    acd::DirectWhy::Missed => EndCause::NoAnswer,
                    acd::DirectWhy::Rejected => EndCause::Rejected,
                };
                self.tell_call(interaction, CallEvent::DirectFailed { agent, cause });
            }
            D::WrapUpStarted { interaction, agent, queue, until } => {
                self.tell(now, interaction, EventKind::WrapUpStarted { agent, queue, until });
            }
            D::WrapUpExtended { interaction, agent, until } => {
                self.tell(now, interaction, EventKind::WrapUpExtended { agent, until });
            }
            D::WrapUpEnded { interaction, agent, queue, took_ms, timed_out } => {
                self.tell(now, interaction, EventKind::WrapUpEnded { agent, queue, took_ms, timed_out });
            }
            D::SeatChanged { seat, why, by } => {
                self.seat_moved(now, &seat);
                self.mind_pause(&seat);
                self.ports.ledger.record(now, None, EventKind::SeatChanged { seat, why, by });
            }
            D::Refused { refusal, .. } => self.refusal = Some(refusal),
        }
    }

    fn tell(&self, now: EpochMs, interaction: InteractionId, kind: EventKind) {
        self.ports.ledger.record(now, Some(interaction), kind);
    }

    /// A media command about a leg, to the room of its call.
    pub(super) fn media_do(&mut self, leg: LegId, command: MediaCommand) {
        if let Some(known) = self.legs.get(leg) {
            let room = known.call;
            self.room_do(room, command);
        }
    }

    /// A command the media queue cannot take now is tried again soon, in order, so that nothing stays open.
    pub(super) fn room_do(&mut self, room: InteractionId, command: MediaCommand) {
        if !self.late_media.is_empty() {
            if self.late_media.len() < MOST_LATE {
                self.late_media.push_back((room, command));
            } else {
                // What is lost so the audit finds as a leg that does not go.
                self.lost.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        } else {
            match self.engine.send(room, command.clone()) {
                Ok(()) => {}
                Err(MediaError::Busy { capacity }) => {
                    tracing::warn!(call.id = %room, "media of call {room} is late: {capacity} commands wait already");
                    self.late_media.push_back((room, command));
                }
                Err(_) => self.never_done(command),
            }
        }
    }

    pub(super) fn retry_media(&mut self) {
        while let Some((room, command)) = self.late_media.pop_front() {
            match self.engine.send(room, command.clone()) {
                Ok(()) => {}
                Err(MediaError::Busy { .. }) => {
                    self.late_media.push_front((room, command));
                    return;
                }
                Err(_) => self.never_done(command),
            }
        }
    }

    /// A media thread that ended will not carry this out, nor speak of it: a recording that never began has its end said.
    fn never_done(&mut self, command: MediaCommand) {
        let MediaCommand::Record { recording, left, .. } = command else { return };
        let (now, reason) = (self.clock.now(), "the media thread had ended".to_owned());
        self.media(now, left, MediaEvent::RecordGap { recording, ms: 0, reason });
        self.media(now, left, MediaEvent::RecordEnded { recording, duration_ms: 0, bytes: 0, complete: false });
    }

    fn wants_play(&mut self, leg: LegId, id: Option<u32>) {
        if let Some(known) = self.legs.get_mut(leg) {
            known.play = id;
        }
    }

    fn play(&mut self, leg: LegId, id: u32, prompts: Vec<ivr::Prompt>) {
        self.wants_play(leg, Some(id));
        let mut clips: Vec<Arc<Clip>> = Vec::with_capacity(prompts.len());
        for prompt in &prompts {
            let found = match prompt {
                ivr::Prompt::File { language, name } => self.prompts.spoken(*language, name),
                ivr::Prompt::Text { language, text } => {
                    let sentence = (*language, text.clone());
                    match self.speech.kept(&sentence) {
                        Some(clip) => Some(clip),
                        None if self.speech.is_configured() => {
                            return self.speak(sentence, Unspoken { leg, id, prompts });
                        }
                        None => None,
                    }
                }
            };
            let Some(clip) = found else {
                tracing::warn!(?prompt, "a prompt is missing; the call goes on without it");
                return self.played(leg, id, false);
            };
            clips.push(clip);
        }
        self.media_do(leg, MediaCommand::Play { leg, id: u64::from(id), clips, repeat: false });
    }

    pub(super) fn played(&mut self, leg: LegId, id: u32, ok: bool) {
        if let Some(known) = self.legs.get(leg) {
            let call = known.call;
            self.tell_call(call, CallEvent::PlayDone { leg, id, ok });
        }
    }

    fn speak(&mut self, sentence: super::speech::Sentence, waiting: Unspoken) {
        let plays = self.unspoken.entry(sentence.clone()).or_default();
        plays.push(waiting);
        if plays.len() > 1 {
            return;
        }
        let (command, inbox) = (self.speech.command(sentence.0), self.inbox.clone());
        self.house.spawn(async move {
            let clip = super::speech::speak(command, sentence.1.clone()).await;
            // The switch has gone: so has the call.
            let _ = inbox.send(Message::Spoken { sentence, clip }).await;
        });
    }

    pub(super) fn spoken(&mut self, sentence: super::speech::Sentence, clip: Result<Arc<Clip>, String>) {
        let waiting = self.unspoken.remove(&sentence).unwrap_or_default();
        match clip {
            Ok(clip) => {
                self.speech.keep(sentence, clip);
                for play in waiting {
                    // The caller may have pressed on, or be talking, since this was asked for.
                    if self.legs.get(play.leg).is_some_and(|known| known.play == Some(play.id)) {
                        self.play(play.leg, play.id, play.prompts);
                    }
                }
            }
            Err(why) => {
                tracing::warn!("speech failed: {why}");
                for play in waiting {
                    self.played(play.leg, play.id, false);
                }
            }
        }
    }
}

/// The play id of music: no flow and no call uses it.
pub(super) const MUSIC: u64 = u64::MAX;

/// Party of a leg that goes outside, for the ledger.
pub(super) fn outside(number: &str, trunk: contract::TrunkId) -> Party {
    Party::Number { number: number.to_owned(), trunk }
}

/// How long signalling lets a phone ring beyond the lease, which ends it first.
pub(super) const RING_SLACK: Duration = Duration::from_secs(3);
