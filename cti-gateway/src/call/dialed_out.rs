//! A call that an agent makes: the own phone first, then the number, then a talk as any other. The customer's leg is the
//! caller's, whoever dialed.

use super::consult::Heir;
use super::*;

type Out<'a> = &'a mut Vec<Action>;

/// What is dialed, by whom, and from which phone.
#[derive(Debug, Clone)]
pub struct DialOut {
    pub id: InteractionId,
    /// The customer's leg to be.
    pub leg: LegId,
    pub agent: AgentId,
    pub station: StationId,
    pub answer_by: AnswerBy,
    /// Whose wrap-up and figures the talk has.
    pub queue: Option<QueueId>,
    pub record: bool,
    /// As dialed.
    pub number: String,
    /// Whoever has the number.
    pub customer: Caller,
    /// ISO 3166 country of the number, where known.
    pub country: Option<String>,
}

/// On the way to the talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dialing {
    pub agent: AgentId,
    pub leg: LegId,
    answer_by: AnswerBy,
    queue: Option<QueueId>,
    record: bool,
    number: String,
    /// The own phone was lifted, and the number is being rung.
    pub(super) lifted: bool,
}

impl Call {
    /// The agent's own phone is rung; it is to answer by itself where it can.
    pub fn dial_out(facts: DialOut, ids: Arc<IdMaker>, now: EpochMs) -> (Self, Vec<Action>) {
        let DialOut { id, leg: customer_leg, agent, station, answer_by, queue, record, number, customer, country } = facts;
        let leg: LegId = ids.make(now);
        let start = ivr::Start { caller: customer.clone(), dialed: number.clone(), country };
        let mut call = Self::empty(id, customer_leg, start, ids, now);
        call.legs.insert(leg, Leg { role: Role::Agent(agent), rang: false, holds: false, over: None });
        let entry = Entry::Station { station, agent: Some(agent) };
        let (direction, dialed, caller) = (Direction::Outbound, number.clone(), customer);
        let auto_answer = answer_by == AnswerBy::AutoAnswer;
        call.stage = Stage::Dialing(Dialing { agent, leg, answer_by, queue, record, number, lifted: false });
        let out = vec![
            Action::Tell(EventKind::CallArrived { direction, entry, caller, dialed, leg: customer_leg }),
            Action::Tell(EventKind::LegStarted { leg, party: Party::Agent { agent, station } }),
            Action::Dial { leg, to: Dial::Station { station, ring_ms: OWN_RING_MS, auto_answer } },
        ];
        call.mind_silence(now);
        (call, out)
    }

    /// A phone that can be told to answer is told once it rings.
    pub(super) fn own_phone_rings(&self, leg: LegId, out: Out) {
        if matches!(&self.stage, Stage::Dialing(dialing) if dialing.leg == leg && dialing.answer_by == AnswerBy::TalkEvent) {
            out.push(Action::PressTalk(leg));
        }
    }

    /// Whether it was a phone of a call on its way out: the own one, or the one that was dialed.
    pub(super) fn dialed_out_answered(&mut self, now: EpochMs, leg: LegId, out: Out) -> bool {
        let Stage::Dialing(dialing) = &mut self.stage else { return false };
        if dialing.leg == leg && !dialing.lifted {
            dialing.lifted = true;
            let number = dialing.number.clone();
            let customer = self.caller_leg;
            self.legs.insert(customer, Leg { role: Role::Outside, rang: false, holds: false, over: None });
            out.push(Action::Tell(EventKind::LegAnswered { leg }));
            out.push(Action::RingBack(leg));
            out.push(Action::Dial { leg: customer, to: Dial::Number { number, ring_ms: OUTSIDE_RING_MS } });
        } else if leg == self.caller_leg {
            let Dialing { agent, leg: own, answer_by, queue, record, .. } = dialing.clone();
            out.push(Action::Tell(EventKind::LegAnswered { leg }));
            self.talk(now, Heir { leg: own, agent, queue, answer_by, record, lost: false }, out);
        }
        true
    }

    /// Whether it was a leg of a call on its way out, which is over with it. The leg has been seen to.
    pub(super) fn dialed_out_failed(&mut self, now: EpochMs, leg: LegId, cause: EndCause, by: HungUpBy, out: Out) -> bool {
        let Stage::Dialing(dialing) = &self.stage else { return false };
        let by = if leg == dialing.leg && by != HungUpBy::System { HungUpBy::Agent { agent: dialing.agent } } else { by };
        self.finish(now, cause, by, out);
        true
    }
}
