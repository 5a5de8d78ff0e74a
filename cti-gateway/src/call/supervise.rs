//! Supervisors in a talk: they listen, whisper to the agent or barge in. They come and go without touching what the caller and
//! the agent do, and all of them leave with the end of that talk. Who hears whom because of them is derived from the state
//! after every event ([`Call::mind_ears`]); nothing is switched on or off by hand.

use super::*;

type Out<'a> = &'a mut Vec<Action>;

/// In one talk; the caller, the agent and they are six at most.
pub const MOST_SUPERVISORS: usize = 4;
/// How long a supervisor's own phone may ring.
pub const SUPERVISOR_RING_MS: u32 = 30_000;
/// Characters a reason may have.
pub const MOST_LISTEN_REASON: usize = 200;

/// The prompt that announces a supervisor, or a caller at a phone that was answered by itself.
pub(super) const TONE: &str = "beep";

/// Whose phone is rung to join, and how it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seated {
    pub agent: AgentId,
    pub station: StationId,
    pub answer_by: AnswerBy,
    /// Caller and agent hear a tone when the phone is lifted.
    pub announced: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Supervisor {
    pub agent: AgentId,
    leg: LegId,
    mode: SuperviseMode,
    answer_by: AnswerBy,
    /// Caller and agent are to hear a tone; the caller on hold hears it when the hold is over.
    announced: bool,
    /// Answered, since then.
    joined: Option<EpochMs>,
}

impl Call {
    /// A supervisor joins the talk that goes on, by the own phone; one who is there already only changes the mode. A phone
    /// that does not answer, or a talk that ends, comes as an event.
    ///
    /// # Errors
    /// [`CommandRefused`] says which rule it broke; the call then stays as it was. Asking for what is already so succeeds.
    pub fn supervise(
        &mut self,
        now: EpochMs,
        who: Seated,
        mode: SuperviseMode,
        reason: &str,
    ) -> Result<Vec<Action>, CommandRefused> {
        if self.supervisors().any(|agent| agent == who.agent) {
            return Ok(self.supervise_as(who.agent, mode));
        }
        let mut actions = Vec::new();
        self.join(now, who, mode, reason, &mut actions)?;
        Ok(actions)
    }

    /// Who is there already is there so from now on.
    pub fn supervise_as(&mut self, by: AgentId, mode: SuperviseMode) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Some(known) = self.supervisors.iter_mut().find(|one| one.agent == by)
            && std::mem::replace(&mut known.mode, mode) != mode
            && let Some(agent) = self.talking()
        {
            actions.push(Action::Tell(EventKind::SupervisionChanged { by, agent, mode }));
            self.mind_ears(&mut actions);
        }
        actions
    }

    /// A supervisor who is in the talk has it from now on; the agent is let go, and whoever joined stays.
    ///
    /// # Errors
    /// [`CommandRefused::NotInTalk`]: the phone was not lifted, or this is no supervisor here.
    pub fn take_over(&mut self, now: EpochMs, by: AgentId) -> Result<Vec<Action>, CommandRefused> {
        let mut actions = Vec::new();
        let out = &mut actions;
        let there = self.supervisors.iter().position(|one| one.agent == by && one.joined.is_some());
        let (Some(at), Stage::Talking(Talk { agent, queue, record, .. })) = (there, &self.stage) else {
            return Err(CommandRefused::NotInTalk { call: self.id });
        };
        let (agent, queue, record) = (*agent, *queue, *record);
        let Supervisor { leg, answer_by, joined, .. } = self.supervisors.remove(at);
        if let Some(known) = self.legs.get_mut(&leg) {
            known.role = Role::Agent(by);
        }
        let ms = joined.map_or(0, |at| u32::try_from((now - at).max(0)).unwrap_or(u32::MAX));
        out.push(Action::Tell(EventKind::TransferStarted { agent, target: TransferTarget::Agent { agent: by } }));
        out.push(Action::Tell(EventKind::SupervisionEnded { by, agent, cause: EndCause::AnsweredHangup, ms }));
        let heir = consult::Heir { leg, agent: by, queue, answer_by, record, lost: false };
        self.hand_over(now, heir, HungUpBy::Agent { agent: by }, out);
        self.mind_ears(out);
        self.mind_silence(now);
        Ok(actions)
    }

    /// A supervisor leaves. One who is not there has left already.
    pub fn supervise_no_more(&mut self, now: EpochMs, by: AgentId) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Some(leg) = self.supervisors.iter().find(|one| one.agent == by).map(|one| one.leg) {
            let by = HungUpBy::Agent { agent: by };
            self.supervisor_gone(now, leg, EndCause::AnsweredHangup, by, None, &mut actions);
            self.mind_ears(&mut actions);
        }
        actions
    }

    fn join(&mut self, now: EpochMs, who: Seated, mode: SuperviseMode, reason: &str, out: Out) -> Result<(), CommandRefused> {
        let call = self.id;
        let Some(agent) = self.talking() else {
            return Err(CommandRefused::WrongState { call, state: self.stage_name() });
        };
        let reason = reason.trim();
        if reason.chars().count() > MOST_LISTEN_REASON {
            return Err(CommandRefused::LongReason { most: MOST_LISTEN_REASON });
        }
        if self.supervisors.len() >= MOST_SUPERVISORS {
            return Err(CommandRefused::EnoughSupervisors { call, most: MOST_SUPERVISORS });
        }
        let leg: LegId = self.ids.make(now);
        let Seated { agent: by, station, answer_by, announced } = who;
        self.legs.insert(leg, Leg { role: Role::Supervisor(by), rang: false, holds: false, over: None });
        self.supervisors.push(Supervisor { agent: by, leg, mode, answer_by, announced, joined: None });
        out.push(Action::Router(RouterAsk::Busy { agent: by, on: true }));
        out.push(Action::Tell(EventKind::LegStarted { leg, party: Party::Supervisor { agent: by, station } }));
        let reason = reason.to_owned();
        out.push(Action::Tell(EventKind::SupervisionStarted { by, agent, leg, mode, reason }));
        let auto_answer = answer_by == AnswerBy::AutoAnswer;
        out.push(Action::Dial { leg, to: Dial::Station { station, ring_ms: SUPERVISOR_RING_MS, auto_answer } });
        Ok(())
    }

    /// A phone that can be told to answer is told once it rings.
    pub(super) fn supervisor_rings(&self, leg: LegId, out: Out) {
        if self.supervisors.iter().any(|one| one.leg == leg && one.answer_by == AnswerBy::TalkEvent) {
            out.push(Action::PressTalk(leg));
        }
    }

    pub(super) fn supervisor_answered(&mut self, now: EpochMs, leg: LegId, out: Out) {
        let joins = |one: &&mut Supervisor| one.leg == leg && one.joined.is_none();
        let Some(one) = self.supervisors.iter_mut().find(joins) else { return };
        one.joined = Some(now);
        let announced = one.announced;
        out.push(Action::Tell(EventKind::LegAnswered { leg }));
        if let Stage::Talking(Talk { leg: agent, held_since, .. }) = self.stage
            && announced
        {
            // Nor is the ringing of a phone the agent waits for.
            if !self.waits_for_asked() {
                self.say_to(agent, TONE, out);
            }
            // Music on hold is not cut off for it.
            if held_since.is_none() {
                self.announce_to_caller(out);
            }
        }
    }

    /// The tone for those who are in the talk and whom the caller was not told of.
    pub(super) fn announce_to_caller(&mut self, out: Out) {
        let mut untold = false;
        for one in self.supervisors.iter_mut().filter(|one| one.joined.is_some()) {
            untold |= std::mem::take(&mut one.announced);
        }
        if untold {
            self.say_to(self.caller_leg, TONE, out);
        }
    }

    /// Whether it was a supervisor's: the leg is let go, and the talk goes on.
    pub(super) fn supervisor_gone(
        &mut self,
        now: EpochMs,
        leg: LegId,
        cause: EndCause,
        by: HungUpBy,
        status: Option<u16>,
        out: Out,
    ) -> bool {
        let Some(at) = self.supervisors.iter().position(|one| one.leg == leg) else { return false };
        let Supervisor { agent: who, joined, .. } = self.supervisors.remove(at);
        self.let_go(leg, cause, by, status, out);
        let ms = joined.map_or(0, |at| u32::try_from((now - at).max(0)).unwrap_or(u32::MAX));
        if let Some(agent) = self.talking() {
            out.push(Action::Tell(EventKind::SupervisionEnded { by: who, agent, cause, ms }));
        }
        out.push(Action::Router(RouterAsk::Busy { agent: who, on: false }));
        true
    }

    /// The talk is over, or goes to somebody else.
    pub(super) fn dismiss_supervisors(&mut self, now: EpochMs, out: Out) {
        while let Some(one) = self.supervisors.last().copied() {
            self.supervisor_gone(now, one.leg, EndCause::AnsweredHangup, HungUpBy::System, None, out);
        }
        self.mind_ears(out);
    }

    /// Their phones may be silent for as long as they like.
    pub(super) fn supervises(&self, leg: LegId) -> bool {
        self.legs.get(&leg).is_some_and(|known| matches!(known.role, Role::Supervisor(_)))
    }

    /// Makes what is heard, and what is recorded, what the state says.
    pub(super) fn mind_ears(&mut self, out: Out) {
        if self.supervisors.is_empty() && self.sides.is_empty() && self.ears.is_empty() {
            return;
        }
        let wanted = self.wanted_ears();
        let turned = |from: &BTreeSet<(LegId, LegId)>, to: &BTreeSet<(LegId, LegId)>, on: bool| -> Vec<Action> {
            from.difference(to).map(|(leg, source)| Action::Hear { leg: *leg, source: *source, on }).collect()
        };
        out.extend(turned(&self.ears, &wanted, false));
        out.extend(turned(&wanted, &self.ears, true));
        self.ears = wanted;
        if let (Some(recording), Stage::Talking(talk)) = (self.recording, &self.stage) {
            // Whoever consults speaks to a colleague, not to the caller.
            let consults = talk.held_since.is_some() && self.private().is_some();
            let agent = (!consults).then_some(talk.leg);
            let heard = self.ears.iter().filter(|(leg, _)| *leg == self.caller_leg).map(|(_, source)| *source);
            let right: Vec<LegId> = agent.into_iter().chain(heard).collect();
            if right != self.right {
                self.right.clone_from(&right);
                out.push(Action::RecordRight { recording: recording.id, right });
            }
        }
    }

    /// Listener and source. While the caller is on hold a barging supervisor and the agent are among themselves.
    fn wanted_ears(&self) -> BTreeSet<(LegId, LegId)> {
        let mut ears = BTreeSet::new();
        let Stage::Talking(talk) = &self.stage else { return ears };
        let (caller, agent, held) = (self.caller_leg, talk.leg, talk.held_since.is_some());
        self.ears_of_asked(talk, &mut ears);
        let with_agent: Vec<&consult::There> = self.asked_there().filter(|there| there.joined != held).collect();
        let joined: Vec<&Supervisor> = self.supervisors.iter().filter(|one| one.joined.is_some()).collect();
        for one in &joined {
            ears.extend([(one.leg, caller), (one.leg, agent)]);
            ears.extend(with_agent.iter().map(|there| (one.leg, there.leg)));
            if one.mode >= SuperviseMode::Whisper {
                ears.insert((agent, one.leg));
                // Whoever speaks is heard by the others who supervise.
                ears.extend(joined.iter().filter(|other| other.leg != one.leg).map(|other| (other.leg, one.leg)));
            }
            if one.mode == SuperviseMode::Barge && !held {
                ears.insert((caller, one.leg));
                ears.extend(with_agent.iter().map(|there| (there.leg, one.leg)));
            }
        }
        ears
    }
}
