//! One interaction as it grows, event by event: a pure machine from a [`Trace`] and an [`Event`] to the next trace. An
//! event told before changes nothing. The outcome of a segment may come after the call's end; it then settles the segment
//! that the end only closed.

use contract::EndCause;
use contract::{
    AgentId, Caller, Candidate, Direction, Entry, EpochMs, Event, EventKind, HungUpBy, InteractionId, OfferOutcome, Pressed, QueueId,
    RecordingKind,
};

use super::{Call, Note, Segment, SegmentKind, Sums};
use crate::lookup::safe_guess;
use store::words::word;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trace {
    pub call: Call,
    pub segments: Vec<Segment>,
    /// Saved since the trace was read.
    pub notes: Vec<Note>,
    pub node: u16,
    pub seq: u64,
    pub last_at: EpochMs,
}

impl Trace {
    /// Only a [`EventKind::CallArrived`] begins one.
    pub fn begin(event: &Event) -> Option<Self> {
        let EventKind::CallArrived { direction, entry, caller, dialed, .. } = &event.kind else { return None };
        let call = fresh(event.interaction?, event.at, *direction, *entry, caller.clone(), dialed.clone());
        Some(Self { call, segments: Vec::new(), notes: Vec::new(), node: event.node, seq: event.seq, last_at: event.at })
    }

    /// `false`: told before, nothing changed.
    pub fn apply(&mut self, event: &Event) -> bool {
        if event.node == self.node && event.seq <= self.seq {
            return false;
        }
        (self.node, self.seq, self.last_at) = (event.node, event.seq, self.last_at.max(event.at));
        self.tell(event.at, &event.kind);
        self.sum();
        true
    }

    fn tell(&mut self, at: EpochMs, kind: &EventKind) {
        use SegmentKind as S;
        match kind {
            EventKind::CallerIdentified { candidates } => self.identified(candidates),
            EventKind::CustomerLinked { agent, customer, contact } => {
                (self.call.customer, self.call.contact, self.call.linked_by) = (*customer, *contact, Some(*agent));
            }
            EventKind::FlowStarted { flow, .. } => {
                // Where the call began, not where an agent sent the caller.
                self.call.flow.get_or_insert_with(|| flow.clone());
                self.open(at, S::Ivr, None, None).detail = Some(flow.clone());
            }
            EventKind::FlowEnded { flow, outcome } => {
                self.settle(at, None, &word(outcome), |s| s.kind == S::Ivr && s.detail.as_ref() == Some(flow));
            }
            EventKind::DigitsCollected { node, digits, label } => {
                self.call.pressed.push(Pressed { node: node.clone(), label: label.clone(), digits: digits.clone() });
            }
            EventKind::Queued { queue, vip, .. } => {
                self.call.vip |= vip;
                self.call.queue_entries += 1;
                self.with_queue(*queue);
                self.open(at, S::Queue, None, Some(*queue));
            }
            EventKind::QueueLeft { queue, outcome, waited_ms } => {
                self.settle(at, Some(*waited_ms), &word(outcome), |s| s.kind == S::Queue && s.queue == Some(*queue));
            }
            EventKind::Offered { offer, agent, queue, .. } => {
                self.call.offers += 1;
                self.with_agent(*agent);
                self.open(at, S::Ring, Some(*agent), *queue).offer = Some(*offer);
            }
            EventKind::OfferEnded { offer, outcome, rang_ms, .. } => {
                self.call.missed_offers += u32::from(*outcome == OfferOutcome::Missed);
                self.settle(at, Some(*rang_ms), &word(outcome), |s| s.offer == Some(*offer));
            }
            EventKind::TalkStarted { agent, leg, queue, .. } => {
                self.call.answered = true;
                self.with_agent(*agent);
                self.open(at, S::Talk, Some(*agent), *queue).leg = Some(*leg);
            }
            EventKind::Held { agent } => {
                self.call.holds += 1;
                self.open(at, S::Hold, Some(*agent), self.talk_queue(*agent));
            }
            EventKind::Resumed { agent } => self.settle(at, None, "resumed", |s| s.kind == S::Hold && s.agent == Some(*agent)),
            EventKind::ConsultAnswered { .. } | EventKind::ConsultJoined { .. } | EventKind::ConsultEnded { .. } => {
                self.consulted(at, kind);
            }
            EventKind::Parked { .. } | EventKind::ParkEnded { .. } => self.parked(at, kind),
            EventKind::TransferStarted { agent, .. } => self.leaving(*agent, Some("transferred")),
            EventKind::TransferFailed { agent, .. } => self.leaving(*agent, None),
            EventKind::TalkEnded { agent, leg, talk_ms, .. } => self.talk_ended(at, *agent, *leg, *talk_ms),
            EventKind::RecordingStarted { recording, what, queue, .. } => {
                self.call.has_recording = true;
                if *what == RecordingKind::Voicemail {
                    self.open(at, S::Voicemail, None, *queue).recording = Some(*recording);
                }
            }
            EventKind::RecordingEnded { recording, duration_ms, .. } => {
                self.settle(at, Some(*duration_ms), "ended", |s| s.kind == S::Voicemail && s.recording == Some(*recording));
            }
            EventKind::CallEnded { cause, by } => self.ended(at, *cause, *by),
            EventKind::Interrupted { last_seen } => self.interrupted(*last_seen),
            EventKind::WrapUpStarted { agent, queue, .. } => {
                self.open(at, S::WrapUp, Some(*agent), *queue);
            }
            EventKind::WrapUpEnded { agent, took_ms, timed_out, .. } => {
                let outcome = if *timed_out { "timed_out" } else { "cleared" };
                self.settle(at, Some(*took_ms), outcome, |s| s.kind == S::WrapUp && s.agent == Some(*agent));
            }
            EventKind::TagsSaved { tags, .. } => self.call.tags.clone_from(tags),
            EventKind::DispositionSaved { agent, dispositions, notes } => {
                self.noted(Note { agent: *agent, dispositions: dispositions.clone(), notes: notes.clone(), at });
            }
            // A call arrives once; the rest is told by others, or is of the leg, the node and the seat.
            EventKind::CallArrived { .. }
            | EventKind::FlowStep { .. }
            | EventKind::PositionAnnounced { .. }
            | EventKind::LegStarted { .. }
            | EventKind::LegRerouted { .. }
            | EventKind::LegRinging { .. }
            | EventKind::LegAnswered { .. }
            | EventKind::LegEnded { .. }
            | EventKind::ConsultStarted { .. } | EventKind::ConsultFailed { .. }
            | EventKind::SentToFlow { .. } | EventKind::CameBack { .. }
            | EventKind::Muted { .. } | EventKind::Unmuted { .. }
            | EventKind::DigitsSent { .. }
            | EventKind::RecordingPaused { .. }
            | EventKind::RecordingPauseFailed { .. }
            | EventKind::RecordingResumed { .. }
            | EventKind::RecordingGap { .. }
            | EventKind::WrapUpExtended { .. }
            | EventKind::SupervisionStarted { .. } | EventKind::SupervisionChanged { .. } | EventKind::SupervisionEnded { .. }
            | EventKind::WaitingMoved { .. } | EventKind::WaitingMoveFailed { .. } | EventKind::WaitingRaised { .. }
            | EventKind::NodeStarted { .. } | EventKind::NodeStopping { .. } | EventKind::OrphanEnded { .. }
            | EventKind::SeatChanged { .. }
            | EventKind::StationRegistered { .. } | EventKind::StationLost { .. } => {}
        }
    }

    /// Somebody the agent asked came, joined or left.
    fn consulted(&mut self, at: EpochMs, kind: &EventKind) {
        let is = |s: &Segment, leg: contract::LegId| s.kind == SegmentKind::Consult && s.leg == Some(leg);
        match kind {
            EventKind::ConsultAnswered { with, leg, .. } => {
                with.iter().for_each(|agent| self.with_agent(*agent));
                self.open(at, SegmentKind::Consult, *with, None).leg = Some(*leg);
            }
            EventKind::ConsultJoined { leg, .. } => {
                let segment = self.segments.iter_mut().rev().find(|s| is(s, *leg));
                segment.into_iter().for_each(|s| s.detail = Some("conference".to_owned()));
            }
            EventKind::ConsultEnded { leg, ms, .. } => self.settle(at, Some(*ms), "ended", |s| is(s, *leg)),
            _ => {}
        }
    }

    /// The last word of each person stands.
    fn noted(&mut self, note: Note) {
        self.notes.retain(|n| n.agent != note.agent);
        self.notes.push(note);
    }

    /// The caller came into a numbered place, or left it.
    fn parked(&mut self, at: EpochMs, kind: &EventKind) {
        match kind {
            EventKind::Parked { agent, queue, slot, .. } => {
                self.leaving(*agent, Some("parked"));
                self.open(at, SegmentKind::Parked, Some(*agent), *queue).detail = Some(slot.to_string());
            }
            EventKind::ParkEnded { outcome, ms, .. } => {
                self.settle(at, Some(*ms), &word(outcome), |s| s.kind == SegmentKind::Parked);
            }
            _ => {}
        }
    }

    fn identified(&mut self, candidates: &[Candidate]) {
        let Some(guess) = safe_guess(candidates) else { return };
        self.call.vip |= guess.vip;
        if self.call.linked_by.is_none() && self.call.customer.is_none() {
            (self.call.customer, self.call.contact) = (Some(guess.customer), guess.contact);
        }
    }

    fn open(&mut self, at: EpochMs, kind: SegmentKind, agent: Option<AgentId>, queue: Option<QueueId>) -> &mut Segment {
        let n = self.segments.len() as u32 + 1;
        let segment = Segment {
            n,
            kind,
            agent,
            queue,
            offer: None,
            leg: None,
            recording: None,
            began: at,
            ended: None,
            ms: 0,
            outcome: None,
            detail: None,
        };
        self.segments.push(segment);
        let last = self.segments.len() - 1;
        &mut self.segments[last]
    }

    /// Ends the latest such segment that has no outcome yet.
    fn settle(&mut self, at: EpochMs, ms: Option<u32>, outcome: &str, which: impl Fn(&Segment) -> bool) {
        if let Some(s) = self.segments.iter_mut().rev().find(|s| s.outcome.is_none() && which(s)) {
            let end = *s.ended.get_or_insert(at.max(s.began));
            s.ms = ms.map_or((end - s.began).unsigned_abs(), u64::from);
            s.outcome = Some(outcome.to_owned());
        }
    }

    /// Ends whatever is still open of these, without an outcome of its own unless one is given.
    fn close(&mut self, at: EpochMs, outcome: Option<&str>, which: impl Fn(&Segment) -> bool) {
        for i in 0..self.segments.len() {
            if self.segments[i].ended.is_some() || !which(&self.segments[i]) {
                continue;
            }
            let end = at.max(self.segments[i].began);
            let held = if self.segments[i].kind == SegmentKind::Talk { self.held_within(&self.segments[i], end) } else { 0 };
            let s = &mut self.segments[i];
            s.ended = Some(end);
            s.ms = (end - s.began).unsigned_abs().saturating_sub(held);
            s.outcome = outcome.map(str::to_owned).or(s.outcome.take());
        }
    }

    fn held_within(&self, talk: &Segment, end: EpochMs) -> u64 {
        let holds = self.segments.iter().filter(|s| s.kind == SegmentKind::Hold && s.agent == talk.agent && s.began >= talk.began);
        holds.map(|s| (s.ended.unwrap_or(end) - s.began).unsigned_abs()).sum()
    }

    fn talk_queue(&self, agent: AgentId) -> Option<QueueId> {
        self.segments.iter().rev().find(|s| s.kind == SegmentKind::Talk && s.agent == Some(agent)).and_then(|s| s.queue)
    }

    /// What the end of this talk will be called, should it end now.
    fn leaving(&mut self, agent: AgentId, detail: Option<&str>) {
        let talk = self.segments.iter_mut().rev().find(|s| s.kind == SegmentKind::Talk && s.agent == Some(agent) && s.ended.is_none());
        if let Some(talk) = talk {
            talk.detail = detail.map(str::to_owned);
        }
    }

    fn talk_ended(&mut self, at: EpochMs, agent: AgentId, leg: contract::LegId, talk_ms: u32) {
        self.settle(at, None, "ended", |s| s.kind == SegmentKind::Hold && s.agent == Some(agent) && s.ended.is_none());
        let talk = self.segments.iter().rev().find(|s| s.kind == SegmentKind::Talk && s.leg == Some(leg));
        let outcome = talk.and_then(|s| s.detail.clone()).unwrap_or_else(|| "ended".to_owned());
        self.call.transfers += u32::from(outcome == "transferred");
        self.settle(at, Some(talk_ms), &outcome, |s| s.kind == SegmentKind::Talk && s.leg == Some(leg));
    }

    fn ended(&mut self, at: EpochMs, cause: EndCause, by: HungUpBy) {
        (self.call.cause, self.call.by) = (Some(cause), Some(by));
        self.call.ended.get_or_insert(at);
        self.close(at, None, |s| s.kind != SegmentKind::WrapUp);
    }

    fn interrupted(&mut self, last_seen: EpochMs) {
        if self.call.ended.is_none() {
            self.call.ended = Some(last_seen.max(self.call.began));
            (self.call.cause, self.call.by) = (Some(EndCause::Interrupted), Some(HungUpBy::System));
        }
        self.close(last_seen, Some("interrupted"), |_| true);
    }

    fn with_agent(&mut self, agent: AgentId) {
        if !self.call.agents.contains(&agent) {
            self.call.agents.push(agent);
        }
    }

    fn with_queue(&mut self, queue: QueueId) {
        if !self.call.queues.contains(&queue) {
            self.call.queues.push(queue);
        }
    }

    fn sum(&mut self) {
        let of = |kind| self.segments.iter().filter(|s| s.kind == kind).map(|s| s.ms).sum();
        self.call.sums = Sums {
            ivr_ms: of(SegmentKind::Ivr),
            wait_ms: of(SegmentKind::Queue),
            ring_ms: of(SegmentKind::Ring),
            talk_ms: of(SegmentKind::Talk),
            hold_ms: of(SegmentKind::Hold),
            wrap_ms: of(SegmentKind::WrapUp),
            voicemail_ms: of(SegmentKind::Voicemail),
        };
    }
}

fn fresh(interaction: InteractionId, began: EpochMs, direction: Direction, entry: Entry, caller: Caller, dialed: String) -> Call {
    Call {
        interaction,
        direction,
        began,
        ended: None,
        caller,
        dialed,
        entry,
        customer: None,
        contact: None,
        linked_by: None,
        vip: false,
        cause: None,
        by: None,
        flow: None,
        agents: Vec::new(),
        queues: Vec::new(),
        pressed: Vec::new(),
        tags: Vec::new(),
        answered: false,
        queue_entries: 0,
        offers: 0,
        missed_offers: 0,
        holds: 0,
        transfers: 0,
        sums: Sums::default(),
        has_recording: false,
    }
}
