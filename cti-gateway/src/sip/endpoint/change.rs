//! Changing a session that stands: re-INVITE and UPDATE both ways, glare, refreshes (RFC 3261 §14, RFC 3311, RFC 4028).

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::compose::{SDP, SUPPORTED, sdp_of, seconds};
use super::transact::{Outcome, Purpose};
use super::Endpoint;
use crate::sip::api::{EndedBy, OfferBy, UaEvent};
use crate::sip::dialog::{
    Agreed, Asked, Change, HOUSE_TIME, LEAST, Leg, Ours, SessionDue, SessionTimer, Stage, Theirs, Unacked, agree,
};
use crate::sip::message::{Method, Name, Request, Response, reason};
use crate::sip::transaction::TxKey;

/// A refresh that failed for a passing reason is tried again after this.
const REFRESH_AGAIN: Duration = Duration::from_secs(10);

impl Endpoint {
    /// Their re-INVITE.
    pub(super) fn reinvite_came(&mut self, now: Instant, leg: &mut Leg, key: TxKey, request: Request) {
        if !matches!(leg.stage, Stage::Confirmed) || leg.theirs.is_some() {
            // The first is not answered yet (RFC 3261 §14.2).
            return self.reply_later(now, leg, key, &request, 500);
        }
        if leg.our_change.is_some() || leg.held_ack.is_some() {
            return self.reply(now, leg, key, &request, 491);
        }
        if leg.unacked.as_ref().is_some_and(|u| u.offered) {
            // Our offer in the last 2xx has no answer yet.
            return self.reply(now, leg, key, &request, 491);
        }
        let Some(agreed) = self.agree_again(now, leg, key, &request) else { return };
        let trying = request.response(100).to_bytes();
        self.respond(now, key, 100, trying);
        // A new INVITE tells that the last 2xx has arrived, even where its ACK was lost.
        leg.unacked = None;
        let sdp = sdp_of(&request.headers, &request.body);
        self.hold_offer(now, leg, key, request, OfferBy::Reinvite, Some(agreed), sdp);
    }

    /// Their UPDATE: with an offer for the house, without one a refresh that is answered here.
    pub(super) fn update_came(&mut self, now: Instant, leg: &mut Leg, fork: usize, key: TxKey, request: Request) {
        let sdp = sdp_of(&request.headers, &request.body);
        if sdp.is_some() {
            let open_ours = leg.our_change.is_some() || leg.held_ack.is_some() || matches!(leg.stage, Stage::Calling(_));
            let ours_in_2xx = leg.unacked.as_ref().is_some_and(|u| u.offered);
            // In an early dialog their own first offer has no answer before our reliable one.
            let open_theirs = leg.theirs.is_some() || matches!(&leg.stage, Stage::Incoming(r) if !early_settled(leg, r));
            if open_theirs {
                return self.reply_later(now, leg, key, &request, 500);
            }
            if open_ours || ours_in_2xx {
                return self.reply(now, leg, key, &request, 491);
            }
        }
        let Some(agreed) = self.agree_again(now, leg, key, &request) else { return };
        leg.peers[fork].refresh(&request.headers);
        self.find_way(leg, fork);
        match sdp {
            Some(sdp) => self.hold_offer(now, leg, key, request, OfferBy::Update, Some(agreed), Some(sdp)),
            None => {
                let response = self.answer(&request, 200, &leg.tag);
                let response = self.session_lines(response, leg.flow, Some(agreed));
                self.respond(now, key, 200, response.to_bytes());
                leg.session = Some(SessionTimer::start(now, agreed.interval, agreed.we_refresh));
            }
        }
    }

    fn agree_again(&mut self, now: Instant, leg: &Leg, key: TxKey, request: &Request) -> Option<Agreed> {
        let ours = leg.session.map_or(self.config.session_expires, |s| s.interval);
        match agree(Asked::read(&request.headers), ours, self.config.min_se) {
            Ok(agreed) => Some(agreed),
            Err(least) => {
                let bytes = self.answer(request, 422, &leg.tag).with(Name::MinSe, &seconds(least)).to_bytes();
                self.respond(now, key, 422, bytes);
                None
            }
        }
    }

    pub(super) fn find_way(&self, leg: &mut Leg, fork: usize) {
        let (sticky, seen) = (leg.sticky, leg.flow);
        let peer = &mut leg.peers[fork];
        if !sticky {
            peer.flow = self.with_our_end(crate::sip::dialog::way(&peer.target, &peer.routes, seen, sticky));
        }
    }

    /// Their offer waits for the house.
    #[expect(clippy::too_many_arguments, reason = "one request with all that was read of it")]
    pub(super) fn hold_offer(
        &mut self,
        now: Instant,
        leg: &mut Leg,
        tx: TxKey,
        request: Request,
        by: OfferBy,
        agreed: Option<Agreed>,
        sdp: Option<Bytes>,
    ) {
        if leg.over {
            self.reply(now, leg, tx, &request, 487);
            return;
        }
        leg.theirs = Some(Theirs { tx, request, by, agreed, give_up: now + HOUSE_TIME });
        self.tell(UaEvent::Reoffer { dialog: leg.id, sdp, by });
    }

    /// The house answers their offer: in a 2xx, or in the ACK that waited for it.
    pub(super) fn answer_offer(&mut self, now: Instant, leg: &mut Leg, sdp: Bytes) {
        if let Some(held) = leg.held_ack.take() {
            leg.sdp = Some(sdp.clone());
            if leg.fork(&held.peer_tag).is_some() {
                self.send_ack(now, leg, held.tx, held.seq, &Bytes::new(), Some(sdp));
            }
            return;
        }
        let Some(theirs) = leg.theirs.take() else { return };
        let response = self.answer(&theirs.request, 200, &leg.tag);
        let response = self.session_lines(response, leg.flow, theirs.agreed).with_body(SDP, sdp.clone());
        let bytes = response.to_bytes();
        let Some(flow) = self.respond(now, theirs.tx, 200, bytes.clone()) else { return };
        leg.sdp = Some(sdp);
        if let Some(agreed) = theirs.agreed {
            leg.session = Some(SessionTimer::start(now, agreed.interval, agreed.we_refresh));
        }
        if theirs.by == OfferBy::Reinvite {
            if let Some(peer) = leg.peer_mut() {
                peer.refresh(&theirs.request.headers);
            }
            self.find_way(leg, 0);
            let seq = theirs.request.headers.cseq().map_or(0, |c| c.number);
            let offered = sdp_of(&theirs.request.headers, &theirs.request.body).is_none();
            leg.unacked = Some(Unacked::new(now, seq, flow, bytes, offered, false));
        }
    }

    pub(super) fn refuse_offer(&mut self, now: Instant, leg: &mut Leg, status: u16) {
        let Some(theirs) = leg.theirs.take() else { return };
        self.reply(now, leg, theirs.tx, &theirs.request, status);
    }

    /// The house wants another session: at once, or when nothing is under way. The newest wish counts.
    pub(super) fn want(&mut self, now: Instant, leg: &mut Leg, sdp: Bytes) {
        if leg.over {
            return;
        }
        leg.wanted = Some((now, Change::Offer(sdp)));
        self.change_due(now, leg);
    }

    /// Starts what is wanted, once it may.
    pub(super) fn change_due(&mut self, now: Instant, leg: &mut Leg) {
        if !leg.is_settled() || leg.over {
            return;
        }
        let Some((_, change)) = leg.wanted.take_if(|(at, _)| *at <= now) else { return };
        let update = change == Change::Refresh && leg.peer().is_some_and(|p| p.update);
        let (method, purpose) =
            if update { (Method::Update, Purpose::Update) } else { (Method::Invite, Purpose::Reinvite) };
        let (mut request, branch) = self.within(leg, 0, method, None);
        request.headers.push(Name::Allow, &self.allow);
        request.headers.push(Name::Supported, if update { SUPPORTED } else { "timer, replaces, norefersub" });
        if let Some(session) = leg.session {
            let who = if session.we_refresh { "uac" } else { "uas" };
            let value = format!("{};refresher={who}", session.interval.as_secs());
            request.headers.push(Name::SessionExpires, &value);
            let least = session.interval.min(self.config.min_se).max(LEAST);
            request.headers.push(Name::MinSe, &seconds(least));
        }
        let sdp = match &change {
            Change::Offer(sdp) => Some(sdp.clone()),
            // A refreshing re-INVITE repeats our description unchanged (RFC 4028 §7.4).
            Change::Refresh if !update => leg.sdp.clone(),
            Change::Refresh => None,
        };
        if let Some(sdp) = sdp {
            request = request.with_body(SDP, sdp);
        }
        self.authorize(leg, &mut request);
        let tx = self.send_within(now, leg, 0, &(request, branch), purpose);
        leg.our_change = Some(Ours { tx, change });
    }

    /// What our re-INVITE or UPDATE came to.
    pub(super) fn change_progress(&mut self, now: Instant, leg: &mut Leg, key: TxKey, sent: &Bytes, outcome: Outcome) {
        let status = outcome.status();
        let Some(ours) = leg.our_change.take_if(|o| o.tx == key) else {
            // A repeat, or an answer to what was given up: the table repeats ACKs by itself.
            return;
        };
        if status < 200 {
            leg.our_change = Some(ours);
            return;
        }
        match (status, outcome.answer()) {
            (200..=299, Some(response)) => self.changed(now, leg, key, sent, ours.change, response),
            (491, _) => {
                let gap = self.glare_gap(leg);
                // A newer wish that came meanwhile goes first.
                let change = match leg.wanted.take() {
                    Some((_, newer)) => newer,
                    None => ours.change,
                };
                leg.wanted = Some((now + gap, change));
            }
            (401 | 407, Some(response)) => self.change_again(now, leg, sent, ours, response, status),
            (408 | 481, _) => self.lost(now, leg, status),
            (422, Some(response)) => {
                let least = response.headers.min_se().ok().flatten().map(|s| Duration::from_secs(s.into()));
                match (leg.session.as_mut(), least) {
                    (Some(session), Some(least)) if least > session.interval && least < Duration::from_secs(86_400) => {
                        session.interval = least;
                        leg.wanted.get_or_insert((now, ours.change));
                    }
                    _ => self.change_refused(now, leg, &ours.change, status, sent),
                }
            }
            _ => self.change_refused(now, leg, &ours.change, status, sent),
        }
        self.change_due(now, leg);
    }

    fn changed(&mut self, now: Instant, leg: &mut Leg, key: TxKey, sent: &Bytes, change: Change, response: &Response) {
        let Ok(cseq) = response.headers.cseq() else { return };
        if let Some(peer) = leg.peer_mut() {
            peer.refresh(&response.headers);
        }
        self.find_way(leg, 0);
        if cseq.method == Method::Invite {
            self.send_ack(now, leg, key, cseq.number, sent, None);
        }
        self.start_session(now, leg, response, false);
        if let Change::Offer(sdp) = change {
            leg.sdp = Some(sdp);
            if let Some(sdp) = sdp_of(&response.headers, &response.body) {
                self.tell_of(leg, UaEvent::Reanswered { dialog: leg.id, sdp });
            }
        }
    }

    fn change_again(&mut self, now: Instant, leg: &mut Leg, sent: &Bytes, ours: Ours, response: &Response, status: u16) {
        let heard = leg.auth.as_mut().is_some_and(|a| a.answerer.hear(response).is_ok());
        let purpose = if is_update(sent) { Purpose::Update } else { Purpose::Reinvite };
        match self.repeat_authorized(now, leg, sent, purpose).filter(|_| heard) {
            Some(tx) => leg.our_change = Some(Ours { tx, ..ours }),
            None => self.change_refused(now, leg, &ours.change, status, sent),
        }
    }

    fn change_refused(&mut self, now: Instant, leg: &mut Leg, change: &Change, status: u16, sent: &Bytes) {
        match change {
            Change::Offer(_) => self.tell_of(leg, UaEvent::ReofferFailed { dialog: leg.id, status }),
            Change::Refresh if is_update(sent) => {
                // Some allow UPDATE and refuse it all the same: a re-INVITE does as well (RFC 4028 §7.4).
                if let Some(peer) = leg.peer_mut() {
                    peer.update = false;
                }
                leg.wanted.get_or_insert((now, Change::Refresh));
            }
            Change::Refresh => {
                if let Some(session) = &mut leg.session {
                    session.again(now, REFRESH_AGAIN);
                }
            }
        }
    }

    /// How long to wait after 491: who made the Call-ID 2.1 to 4 s, the other 0 to 2 s, in steps of 10 ms (RFC 3261 §14.1).
    fn glare_gap(&mut self, leg: &Leg) -> Duration {
        let ten_ms = if leg.id.is_incoming() { self.chance.below(201) } else { 210 + self.chance.below(191) };
        Duration::from_millis(ten_ms * 10)
    }

    /// The far side does not know the dialog any more, or does not answer in it (RFC 3261 §12.2.1.2).
    pub(super) fn lost(&mut self, now: Instant, leg: &mut Leg, status: u16) {
        let reason = Some(reason(status).to_owned());
        self.finish(leg, UaEvent::Ended { dialog: leg.id, by: EndedBy::Lost, reason });
        self.bye(now, leg, None);
    }

    pub(super) fn session_due(&mut self, now: Instant, leg: &mut Leg) {
        if !matches!(leg.stage, Stage::Confirmed) {
            return;
        }
        match leg.session.as_mut().map_or(SessionDue::Nothing, |s| s.tick(now)) {
            SessionDue::Nothing => {}
            SessionDue::Refresh => {
                leg.wanted.get_or_insert((now, Change::Refresh));
                self.change_due(now, leg);
            }
            SessionDue::Over => {
                let reason = Some("the session was not refreshed".to_owned());
                self.finish(leg, UaEvent::Ended { dialog: leg.id, by: EndedBy::SessionExpired, reason });
                self.bye(now, leg, Some("SIP;cause=408;text=\"Session expired\"".to_owned()));
            }
        }
    }
}

fn is_update(sent: &Bytes) -> bool {
    sent.starts_with(b"UPDATE")
}

/// The first offer of their INVITE was answered in a reliable 1xx that they acknowledged (RFC 3311 §5.1).
fn early_settled(leg: &Leg, ringing: &crate::sip::dialog::Ringing) -> bool {
    leg.sdp.is_some() && ringing.reliable.deadline().is_none() && ringing.rel != crate::sip::dialog::Rel::No
}
