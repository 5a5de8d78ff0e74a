//! Whom an agent asks into the talk, on the cards of all who are in it.

use contract::directory::AnswerBy;
use contract::{
    AgentId, CardState, EndCause, EpochMs, Event, EventKind, InteractionId, LegId, NoticeLevel, OfferOutcome, OtherParty,
    OtherState, TransferTarget,
};
use cti_gateway::call::{Beside, MOST_ASKED};

use super::{Call, Card, Desks, Told, notice};

/// Somebody asked into a talk.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    target: TransferTarget,
    with: Option<AgentId>,
    leg: Option<LegId>,
    state: OtherState,
}

impl Desks {
    /// Who is asked into the talk, comes, joins and goes: on the cards of all who are in it.
    pub(super) fn of_asked(&mut self, event: &Event, id: InteractionId) -> Vec<Told> {
        let at = event.at;
        let Some(call) = self.calls.get_mut(&id) else { return Vec::new() };
        let mut failed = None;
        let of_leg = |asked: &mut Vec<Asked>, leg: LegId, state: OtherState| {
            asked.iter_mut().filter(|one| one.leg == Some(leg)).for_each(|one| one.state = state);
        };
        match &event.kind {
            EventKind::ConsultStarted { target, .. } => {
                call.asked.push(Asked { target: target.clone(), with: None, leg: None, state: OtherState::Asked });
            }
            EventKind::Offered { agent, asked_by: Some(_), .. } => {
                if let Some(one) = call.asked.iter_mut().find(|one| one.leg.is_none()) {
                    (one.with, one.state) = (Some(*agent), OtherState::Ringing);
                }
            }
            EventKind::OfferEnded { agent, outcome, .. } if *outcome != OfferOutcome::Answered => {
                let Some(one) = call.asked.iter_mut().find(|one| one.leg.is_none() && one.with == Some(*agent)) else {
                    return Vec::new();
                };
                (one.with, one.state) = (None, OtherState::Asked);
            }
            EventKind::ConsultAnswered { with, leg, .. } => {
                if let Some(one) = call.asked.iter_mut().find(|one| one.leg.is_none()) {
                    (one.with, one.leg, one.state) = (*with, Some(*leg), OtherState::Apart);
                }
            }
            EventKind::ConsultJoined { leg, .. } => of_leg(&mut call.asked, *leg, OtherState::Joined),
            EventKind::ConsultFailed { agent, cause, .. } => {
                call.asked.retain(|one| one.leg.is_some());
                failed = Some((*agent, *cause)).filter(|(_, cause)| *cause != EndCause::AnsweredHangup);
            }
            EventKind::ConsultEnded { leg, .. } => call.asked.retain(|one| one.leg != Some(*leg)),
            // Whoever stays was asked by the one before, and is with the one who has the caller now.
            EventKind::TalkStarted { agent, .. } if !call.asked.is_empty() => {
                let others = call.cards.iter_mut().filter(|(whose, card)| *whose != agent && !card.over);
                others.filter(|(_, card)| card.asked_by.is_some()).for_each(|(_, card)| card.asked_by = Some(*agent));
            }
            EventKind::CallEnded { .. } | EventKind::Interrupted { .. } if !call.asked.is_empty() => call.asked.clear(),
            _ => return Vec::new(),
        }
        let mut told = self.tell_all(at, id);
        if let Some((agent, cause)) = failed {
            let values = vec![("cause".to_owned(), store::words::word(&cause))];
            told.push(notice(agent, at, NoticeLevel::Warning, "consult_failed", values));
        }
        told
    }

    /// Whoever was asked, or supervised, has the talk now; a supervisor had no card until then.
    pub(super) fn takes_over(&mut self, at: EpochMs, agent: AgentId, id: InteractionId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let station = self.seats.get(&agent).and_then(|seat| seat.station);
        let answer_by = station.map_or(AnswerBy::Phone, |id| self.directory.answer_by(id));
        let card = call.cards.entry(agent).or_insert_with(|| Card {
            state: CardState::Talking,
            queue: None,
            waited_ms: 0,
            since: at,
            until: None,
            talking_since: None,
            muted: false,
            answer_by,
            asked_by: None,
            disposition: None,
            over: false,
            leaving: false,
        });
        card.asked_by = None;
    }

    /// Who else is in the talk, as this agent sees it.
    pub(super) fn others(&self, agent: AgentId, call: &Call, card: &Card) -> Vec<OtherParty> {
        if card.over || !matches!(card.state, CardState::Talking | CardState::Held | CardState::Ringing) {
            return Vec::new();
        }
        let lead = card.asked_by.map(|by| OtherParty {
            leg: None,
            agent: Some(by),
            name: self.name(by),
            state: OtherState::Leads,
        });
        let asked = call.asked.iter().filter(|one| one.with != Some(agent)).map(|one| OtherParty {
            leg: one.leg,
            agent: one.with,
            name: match (one.with, &one.target) {
                (Some(with), _) => self.name(with),
                (None, TransferTarget::Agent { agent }) => self.name(*agent),
                (None, TransferTarget::Queue { queue }) => {
                    self.directory.queues.get(queue).map(|queue| queue.name.clone()).unwrap_or_default()
                }
                (None, TransferTarget::Number { number }) => number.clone(),
                (None, TransferTarget::Flow { flow }) => flow.clone(),
            },
            state: one.state,
        });
        lead.into_iter().chain(asked).collect()
    }
}

/// What the buttons of a card depend on besides the caller.
pub(super) fn beside(call: &Call, card: &Card) -> Beside {
    if card.asked_by.is_some() {
        return Beside::Asked;
    }
    if call.in_flow.is_some() {
        return Beside::Flow;
    }
    let any = |state: &[OtherState]| call.asked.iter().any(|one| state.contains(&one.state));
    if any(&[OtherState::Asked, OtherState::Ringing]) {
        Beside::Asking
    } else if any(&[OtherState::Apart]) {
        Beside::Consulting
    } else if call.asked.is_empty() {
        Beside::Nobody
    } else {
        Beside::Conference { full: call.asked.len() >= MOST_ASKED }
    }
}
