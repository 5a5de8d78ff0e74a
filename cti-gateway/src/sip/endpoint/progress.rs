//! What came of our requests inside dialogs, the end of a leg, and a leg's alarms.

use std::time::Instant;

use bytes::Bytes;

use super::transact::{Outcome, Owner, Purpose};
use super::Endpoint;
use crate::sip::api::{EndedBy, Flow, UaEvent};
use crate::sip::dialog::{Leg, ReliableDue, Stage};
use crate::sip::message::{Message, Method, Name, parse};
use crate::sip::transaction::TxKey;

impl Endpoint {
    /// An answer, or none, to a request of this leg.
    #[expect(clippy::too_many_arguments, reason = "one outcome with all that is known of its request")]
    pub(super) fn progress(
        &mut self,
        now: Instant,
        leg: &mut Leg,
        purpose: Purpose,
        key: TxKey,
        flow: Flow,
        sent: &Bytes,
        outcome: Outcome,
    ) {
        match purpose {
            Purpose::Invite => self.invite_progress(now, leg, key, flow, sent, outcome),
            Purpose::Reinvite | Purpose::Update => self.change_progress(now, leg, key, sent, outcome),
            Purpose::Bye => self.bye_progress(now, leg, sent, &outcome),
            Purpose::Prack | Purpose::Info | Purpose::Notify | Purpose::Refer => {
                self.other_progress(now, leg, purpose, sent, &outcome);
            }
            Purpose::Cancel | Purpose::Watch(_) | Purpose::Probe(_) | Purpose::Register(_) | Purpose::Unregister => {}
        }
    }

    /// Challenges are answered; a dialog the far side lost is lost.
    fn other_progress(&mut self, now: Instant, leg: &mut Leg, purpose: Purpose, sent: &Bytes, outcome: &Outcome) {
        let status = outcome.status();
        if status < 300 {
            return;
        }
        if matches!(status, 401 | 407)
            && let Some(response) = outcome.answer()
            && leg.auth.as_mut().is_some_and(|a| a.answerer.hear(response).is_ok())
        {
            self.repeat_authorized(now, leg, sent, purpose);
            return;
        }
        let confirmed = matches!(leg.stage, Stage::Confirmed);
        match purpose {
            Purpose::Refer => self.tell_of(
                leg,
                UaEvent::Notified {
                    dialog: leg.id,
                    event: "refer".to_owned(),
                    content_type: "message/sipfrag".to_owned(),
                    body: super::compose::fragment(status).into(),
                },
            ),
            // A phone without the talk package says 481 to NOTIFY and keeps its call.
            Purpose::Notify => return,
            _ => {}
        }
        if confirmed && matches!(status, 408 | 481) {
            self.lost(now, leg, status);
        }
    }

    /// The request again, with credentials for what the far side asked.
    pub(super) fn repeat_authorized(&mut self, now: Instant, leg: &mut Leg, sent: &Bytes, purpose: Purpose) -> Option<TxKey> {
        let Ok(Message::Request(mut request)) = parse(sent.clone()) else { return None };
        let fork = leg.fork(request.headers.to_tag().unwrap_or_default())?;
        leg.auth.as_ref().filter(|a| a.answerer.is_challenged())?;
        let branch = self.chance.branch();
        let peer = &mut leg.peers[fork];
        peer.our_seq += 1;
        let (flow, cseq) = (peer.flow, format!("{} {}", peer.our_seq, request.method));
        request.headers.set(Name::Via, &self.via(flow, &branch));
        request.headers.set(Name::CSeq, &cseq);
        self.authorize(leg, &mut request);
        Some(self.send_within(now, leg, fork, &(request, branch), purpose))
    }

    /// Ends the wire side of a leg: BYE where a dialog stands, as soon as it may be sent (RFC 3261 §15.1.1).
    pub(super) fn bye(&mut self, now: Instant, leg: &mut Leg, reason: Option<String>) {
        if leg.unacked.as_ref().is_some_and(|u| u.first) {
            // Not before the ACK, or before its time is up.
            leg.bye_waits = true;
            leg.bye_reason = reason;
            leg.stage = Stage::Closing;
            return;
        }
        if let Some(theirs) = leg.theirs.take() {
            let bytes = self.answer(&theirs.request, 487, &leg.tag).to_bytes();
            self.respond(now, theirs.tx, 487, bytes);
        }
        if let Some(held) = leg.held_ack.take() {
            // The far side's 2xx is acknowledged all the same, without an answer worth the name.
            self.send_ack(now, leg, held.tx, held.seq, &Bytes::new(), None);
        }
        (leg.unacked, leg.bye_waits, leg.wanted, leg.session) = (None, false, None, None);
        leg.stage = Stage::Closing;
        let (mut bye, branch) = self.within(leg, 0, Method::Bye, None);
        if let Some(reason) = reason {
            bye.headers.push(Name::Reason, &reason);
        }
        self.authorize(leg, &mut bye);
        let made = (bye, branch);
        let owner = Owner { dialog: Some(leg.id), purpose: Purpose::Bye };
        let flow = leg.peers[0].flow;
        self.request(now, flow, &made.1, &made.0, owner);
    }

    fn bye_progress(&mut self, now: Instant, leg: &mut Leg, sent: &Bytes, outcome: &Outcome) {
        let status = outcome.status();
        if status < 200 {
            return;
        }
        if matches!(status, 401 | 407)
            && let Some(response) = outcome.answer()
            && leg.auth.as_mut().is_some_and(|a| a.answerer.hear(response).is_ok())
            && self.repeat_authorized(now, leg, sent, Purpose::Bye).is_some()
        {
            return;
        }
        leg.stage = Stage::Gone;
    }

    /// Everything of this leg that is due.
    pub(super) fn leg_due(&mut self, now: Instant, leg: &mut Leg) {
        self.unacked_due(now, leg);
        if leg.theirs.as_ref().is_some_and(|t| now >= t.give_up) {
            self.refuse_offer(now, leg, 500);
        }
        self.reliable_due(now, leg);
        self.incoming_due(now, leg);
        self.calling_due(now, leg);
        self.session_due(now, leg);
        self.change_due(now, leg);
    }

    fn reliable_due(&mut self, now: Instant, leg: &mut Leg) {
        let Stage::Incoming(ringing) = &mut leg.stage else { return };
        match ringing.reliable.tick(now) {
            ReliableDue::Nothing => {}
            ReliableDue::Repeat(bytes) => {
                let key = ringing.tx;
                if let Some(flow) = self.txs.get(&key).map(|tx| tx.flow) {
                    self.counts.retransmissions_out += 1;
                    self.send(flow, bytes);
                }
            }
            ReliableDue::Unacknowledged => {
                self.refuse(now, leg, 504, None);
                let reason = Some("the caller never acknowledged a reliable answer (RFC 3262)".to_owned());
                self.finish(leg, UaEvent::Ended { dialog: leg.id, by: EndedBy::Lost, reason });
            }
        }
    }
}
