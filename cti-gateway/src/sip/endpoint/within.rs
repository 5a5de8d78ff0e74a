//! Requests of the far side inside a dialog (RFC 3261 §12.2.2): found by tags, in CSeq order, each answered once.

use std::time::Instant;

use super::compose::{answer_way, sdp_of};
use super::transact::{Owner, Purpose};
use super::{Endpoint, compose::SDP};
use crate::sip::api::{DialogId, EndedBy, Flow, OfferBy, UaEvent};
use crate::sip::dialog::{Leg, Stage};
use crate::sip::message::{Method, Name, Request};
use crate::sip::transaction::TxKey;

impl Endpoint {
    /// Remembers whose transaction it is.
    pub(super) fn own(&mut self, key: TxKey, dialog: DialogId) {
        if let Some(tx) = self.txs.get_mut(&key) {
            tx.owner = Some(Owner { dialog: Some(dialog), purpose: Purpose::Invite });
        }
    }

    /// The leg and the fork of it that a request belongs to.
    fn find(&self, request: &Request) -> Option<(DialogId, usize)> {
        let headers = &request.headers;
        let leg = self.legs.get(self.by_tag.get(headers.to_tag()?)?)?;
        let from = headers.from_tag().unwrap_or_default();
        let same_call = headers.call_id().is_ok_and(|id| id == leg.call_id);
        leg.fork(from).filter(|_| same_call).map(|fork| (leg.id, fork))
    }

    pub(super) fn within_dialog(&mut self, now: Instant, flow: Flow, key: TxKey, request: Request) {
        let Some((id, fork)) = self.find(&request) else {
            self.refuse_stateless(flow, &request, 481);
            return;
        };
        let Some(mut leg) = self.legs.remove(&id) else { return };
        self.serve(key, None, answer_way(flow, &request), request.method == Method::Invite);
        self.own(key, id);
        self.dispatch(now, flow, key, &mut leg, fork, request);
        self.settle(now, leg);
    }

    /// Answers at once, with the dialog's tag.
    pub(super) fn reply(&mut self, now: Instant, leg: &Leg, key: TxKey, request: &Request, status: u16) {
        let bytes = self.answer(request, status, &leg.tag).to_bytes();
        self.respond(now, key, status, bytes);
    }

    pub(super) fn reply_later(&mut self, now: Instant, leg: &Leg, key: TxKey, request: &Request, status: u16) {
        let after = self.chance.below(10).to_string();
        let bytes = self.answer(request, status, &leg.tag).with(Name::RetryAfter, &after).to_bytes();
        self.respond(now, key, status, bytes);
    }

    fn dispatch(&mut self, now: Instant, flow: Flow, key: TxKey, leg: &mut Leg, fork: usize, request: Request) {
        let Ok(cseq) = request.headers.cseq() else { return };
        let peer = &mut leg.peers[fork];
        if peer.their_seq.is_some_and(|last| cseq.number <= last) {
            self.reply(now, leg, key, &request, 500);
            return;
        }
        peer.their_seq = Some(cseq.number);
        if leg.sticky {
            // A phone that comes back from another port is answered there from now on.
            peer.flow = self.with_our_end(flow);
        }
        if let Stage::Closing = leg.stage
            && request.method != Method::Bye
        {
            self.reply(now, leg, key, &request, 481);
            return;
        }
        match request.method {
            Method::Bye => self.bye_came(now, leg, key, &request),
            Method::Invite => self.reinvite_came(now, leg, key, request),
            Method::Update => self.update_came(now, leg, fork, key, request),
            Method::Prack => self.prack_came(now, leg, key, request),
            Method::Info => self.info_came(now, leg, key, &request),
            Method::Options => {
                let response = self.capabilities(leg.flow, &request, &leg.tag);
                self.respond(now, key, 200, response.to_bytes());
            }
            Method::Refer => self.refer_came(now, leg, key, &request),
            Method::Notify => self.notify_came(now, leg, key, &request),
            _ => self.reply(now, leg, key, &request, 405),
        }
    }

    fn bye_came(&mut self, now: Instant, leg: &mut Leg, key: TxKey, request: &Request) {
        self.reply(now, leg, key, request, 200);
        let reason = request.headers.get(Name::Reason).map(str::to_owned);
        if let Some(theirs) = leg.theirs.take() {
            // Requests left open are answered 487 (RFC 3261 §15.1.2).
            let bytes = self.answer(&theirs.request, 487, &leg.tag).to_bytes();
            self.respond(now, theirs.tx, 487, bytes);
        }
        match leg.stage {
            // The caller may end an early dialog so (§15).
            Stage::Incoming(_) => self.refuse(now, leg, 487, None),
            Stage::Calling(_) => self.give_up(now, leg),
            Stage::Confirmed => leg.stage = Stage::Gone,
            // Both hung up at once: our own BYE still waits for its answer.
            Stage::Closing | Stage::Gone => {
                if leg.bye_waits {
                    leg.stage = Stage::Gone;
                }
            }
        }
        self.finish(leg, UaEvent::Ended { dialog: leg.id, by: EndedBy::Remote, reason });
    }

    /// PRACK (RFC 3262 §3): it must name a reliable 1xx that waits for it.
    fn prack_came(&mut self, now: Instant, leg: &mut Leg, key: TxKey, request: Request) {
        let Ok(Some(rack)) = request.headers.rack() else {
            self.reply(now, leg, key, &request, 400);
            return;
        };
        let invite_seq = match &leg.stage {
            Stage::Incoming(ringing) => ringing.request.headers.cseq().map(|c| c.number).ok(),
            _ => None,
        };
        let matched = match &mut leg.stage {
            Stage::Incoming(ringing) => {
                invite_seq == Some(rack.cseq.number) && rack.cseq.method == Method::Invite && ringing.reliable.prack(rack.rseq)
            }
            _ => false,
        };
        if !matched {
            self.reply(now, leg, key, &request, 481);
            return;
        }
        match sdp_of(&request.headers, &request.body) {
            // A further offer inside PRACK is the house's to answer.
            Some(sdp) => self.hold_offer(now, leg, key, request, OfferBy::Prack, None, Some(sdp)),
            None => self.reply(now, leg, key, &request, 200),
        }
        self.after_prack(now, leg);
    }

    fn info_came(&mut self, now: Instant, leg: &mut Leg, key: TxKey, request: &Request) {
        self.reply(now, leg, key, request, 200);
        if !request.body.is_empty() {
            let content_type = request.headers.content_type().unwrap_or_default().to_owned();
            let body = request.body.clone();
            self.tell_of(leg, UaEvent::Info { dialog: leg.id, content_type, body });
        }
    }

    /// ACK of a 2xx: found by tags and by the CSeq of the INVITE it acknowledges.
    pub(super) fn ack_in_dialog(&mut self, now: Instant, request: &Request) {
        let Some((id, _)) = self.find(request) else { return };
        let Ok(cseq) = request.headers.cseq() else { return };
        let sdp = sdp_of(&request.headers, &request.body).filter(|_| request.headers.is_content(SDP) || !request.body.is_empty());
        self.with_leg(now, id, |ua, leg| {
            let Some(unacked) = leg.unacked.take_if(|u| u.seq == cseq.number) else {
                ua.counts.retransmissions_in += 1;
                return;
            };
            if unacked.first {
                let sdp = sdp.filter(|_| unacked.offered);
                ua.tell_of(leg, UaEvent::Confirmed { dialog: leg.id, sdp });
            } else if let Some(sdp) = sdp.filter(|_| unacked.offered) {
                ua.tell_of(leg, UaEvent::Reanswered { dialog: leg.id, sdp });
            }
            if leg.bye_waits {
                let reason = leg.bye_reason.take();
                ua.bye(now, leg, reason);
            }
        });
    }

    /// A 2xx that waits for its ACK: repeated, or given up with BYE (RFC 3261 §13.3.1.4).
    pub(super) fn unacked_due(&mut self, now: Instant, leg: &mut Leg) {
        let Some(unacked) = &mut leg.unacked else { return };
        if now >= unacked.give_up {
            leg.unacked = None;
            let reason = leg.bye_reason.take();
            self.finish(leg, UaEvent::Ended { dialog: leg.id, by: EndedBy::NoAck, reason: None });
            self.bye(now, leg, reason);
            return;
        }
        if unacked.repeat.due(now) {
            let (flow, bytes) = (unacked.flow, unacked.bytes.clone());
            self.counts.retransmissions_out += 1;
            self.send(flow, bytes);
        }
    }
}
