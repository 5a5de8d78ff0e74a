//! What agents ask of calls at a PBX: checked here, asked of the PBX, told when it happens there.

use contract::{AgentId, CallAction, CallCommand, Caller, Direction, Entry, EventKind, InteractionId, LegId, QueueId, StationId};
use contract::directory::PbxKind;

use super::*;

/// As for calls of ours.
const MOST_DIGITS: usize = 32;
const MOST_REASON: usize = 200;

/// Why a command changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PbxRefused {
    #[error("call {0} is at a PBX that cannot do that; do it with the phone, if it can")]
    NotThere(InteractionId),
    #[error("the PBX cannot be reached now; use the phone, and try again shortly")]
    NoLink,
    #[error("your phone is one of a PBX, which rings it: we cannot")]
    PhoneOfPbx,
    #[error("nothing at that PBX leads there; give its queue an extension, or its agent a phone there")]
    NoWay,
}

/// A call that an agent makes from a phone of the PBX.
#[derive(Debug, Clone)]
pub struct DialAt {
    pub agent: AgentId,
    pub station: StationId,
    pub line: String,
    pub number: String,
    pub context: String,
    pub queue: Option<QueueId>,
    /// The number whoever is called sees; empty: the PBX's.
    pub shown: String,
    pub customer: Caller,
}

/// Where a command is to send a caller: the extension that is dialed there.
pub type Extension<'a> = &'a dyn Fn(&TransferTarget) -> Option<String>;

/// Why a command is not carried out: a rule of all calls, or one of those at a PBX.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    Call(crate::call::CommandRefused),
    Pbx(PbxRefused),
}

/// What a PBX can be asked to do to a talk; everything else is done with the phone.
#[must_use]
pub fn can(kind: PbxKind, action: CallAction) -> bool {
    use CallAction as A;
    match action {
        A::Hangup | A::Transfer | A::SendDigits | A::PauseRecording | A::ResumeRecording => true,
        A::Hold | A::Resume => kind == PbxKind::FreeSwitch,
        // Ours, whoever carries the call.
        A::Dispose | A::EndWrapUp | A::ExtendWrapUp => true,
        A::Answer | A::Reject | A::Mute | A::Unmute | A::Park | A::Consult | A::Swap | A::Join | A::Complete | A::Drop => false,
    }
}

impl Calls {
    /// # Errors
    /// [`Refusal`]; the call is then as it was.
    pub fn command(
        &mut self,
        now: EpochMs,
        (call, agent): (InteractionId, AgentId),
        command: &CallCommand,
        (kind, context): (PbxKind, &str),
        extension: Extension<'_>,
    ) -> Result<Vec<Out>, Refusal> {
        use crate::call::CommandRefused as C;
        let mut out = Vec::new();
        let Some(of) = self.calls.get(&call) else { return Err(Refusal::Call(C::NotYours { call })) };
        let dials = of.dials == Some(agent);
        let (talk, customer) = (of.talks.get(&agent).cloned(), of.customer.clone());
        let handle = |id: Option<&String>| id.and_then(|id| self.channels.get(id)).map(|known| known.at.handle.clone());
        let wrong = || Refusal::Call(C::WrongState { call, state: "not talking" });
        let (theirs, own) = (handle(customer.as_ref()), handle(talk.as_ref().map(|talk| &talk.channel)));
        if *command == CallCommand::Hangup && dials && talk.is_none() {
            let channel = handle(Some(&of.root)).ok_or_else(wrong)?;
            self.ask(Ask::Hangup { channel }, None, &mut out);
            return Ok(out);
        }
        if of.offers.contains_key(&agent) {
            return Err(Refusal::Call(C::PhoneOnly));
        }
        let (Some(_), Some(theirs), Some(own)) = (&talk, theirs, own) else {
            return Err(if talk.is_some() || dials { wrong() } else { Refusal::Call(C::NotYours { call }) });
        };
        match command {
            CallCommand::Hangup => self.ask(Ask::Hangup { channel: theirs }, None, &mut out),
            CallCommand::SendDigits { digits } => {
                let fit = |d: char| d.is_ascii_digit() || matches!(d, '*' | '#' | 'A'..='D');
                let count = digits.chars().count();
                if count == 0 || count > MOST_DIGITS || !digits.chars().all(fit) {
                    return Err(Refusal::Call(C::BadDigits { most: MOST_DIGITS }));
                }
                self.ask(Ask::Digits { channel: theirs, digits: digits.clone() }, None, &mut out);
                let count = u8::try_from(count).unwrap_or(u8::MAX);
                out.push(Out::Tell { at: now, call, kind: EventKind::DigitsSent { agent, count } });
            }
            CallCommand::Transfer { target } => {
                let to = extension(target).ok_or(Refusal::Pbx(PbxRefused::NoWay))?;
                let ask = Ask::Redirect { channel: theirs, to, context: context.to_owned() };
                let kind = EventKind::TransferStarted { agent, target: target.clone() };
                out.push(Out::Tell { at: now, call, kind });
                self.ask(ask, Some(Pending::Transfer { call, agent, target: target.clone() }), &mut out);
                if let Some(of) = self.calls.get_mut(&call) {
                    of.moved = Some(target.clone());
                }
            }
            CallCommand::PauseRecording { reason } => {
                let reason = reason.trim();
                if reason.is_empty() || reason.chars().count() > MOST_REASON {
                    return Err(Refusal::Call(C::BadReason { most: MOST_REASON }));
                }
                self.mute(call, agent, Some(reason.to_owned()), &mut out)?;
            }
            CallCommand::ResumeRecording => self.mute(call, agent, None, &mut out)?,
            CallCommand::Hold | CallCommand::Resume if can(kind, CallAction::Hold) => {
                self.ask(Ask::Hold { channel: own, on: *command == CallCommand::Hold }, None, &mut out);
            }
            _ => return Err(Refusal::Pbx(PbxRefused::NotThere(call))),
        }
        Ok(out)
    }

    fn mute(&mut self, call: InteractionId, agent: AgentId, pause: Option<String>, out: &mut Vec<Out>) -> Result<(), Refusal> {
        let of = self.calls.get(&call).map(|of| of.tapes.clone()).unwrap_or_default();
        let tapes: Vec<Tape> = of.into_iter().filter(|tape| tape.told.is_some()).collect();
        if tapes.is_empty() {
            return Err(Refusal::Call(crate::call::CommandRefused::NotRecording));
        }
        for tape in tapes.into_iter().filter(|tape| tape.paused != pause.is_some()) {
            let Some(channel) = self.channels.get(&tape.channel).map(|known| known.at.handle.clone()) else { continue };
            let ask = Ask::MuteRecording { channel, file: tape.file, on: pause.is_some() };
            self.ask(ask, Some(Pending::Record { call, agent, pause: pause.clone() }), out);
        }
        Ok(())
    }

    fn ask(&mut self, ask: Ask, pending: Option<Pending>, out: &mut Vec<Out>) {
        let token = self.next_token();
        if let Some(pending) = pending {
            self.pending.insert(token, pending);
        }
        out.push(Out::Ask { token, ask });
    }

    /// The token under which something that concerns no call is asked.
    pub fn token(&mut self) -> u64 {
        self.next_token()
    }

    /// An agent calls somebody: the own phone first, then the number. None: no room.
    pub fn dial(&mut self, now: EpochMs, at: DialAt) -> Option<(InteractionId, Vec<Out>)> {
        if self.calls.len() >= MOST_CALLS {
            return None;
        }
        let DialAt { agent, station, line, number, context, queue, shown, customer } = at;
        let (call, leg): (InteractionId, LegId) = (self.make(now), self.make(now));
        let (direction, entry) = (Direction::Outbound, Entry::Pbx { pbx: self.pbx });
        let kind = EventKind::CallArrived { direction, entry, caller: customer.clone(), dialed: number.clone(), leg };
        let mut out = vec![Out::Tell { at: now, call, kind }];
        let mut of = channels::fresh(direction, "", None, leg, Some(agent));
        let (key, token) = (call.to_string(), self.token + 1);
        of.dialing = Some(Dialing { token, key: key.clone(), station, queue, until: now + DIALED_MS });
        self.open(call, of);
        out.push(Out::Router(acd::Input::AgentBusy { interaction: call, agent }));
        out.push(Out::Identify(call, customer));
        self.ask(Ask::Originate { line, number, context, key, shown }, Some(Pending::Dial { call }), &mut out);
        self.mind_due(call);
        Some((call, out))
    }
}
