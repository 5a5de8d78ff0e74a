//! Legs: answering the caller, dialing phones and trunks, agreeing on audio, and taking legs down.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use contract::directory::{Codec, ShownCaller, Srtp, Transport, Trunk};
use contract::{EndCause, EpochMs, EventKind, InteractionId, LegId, StationId, TransferTarget, TrunkId};

use super::gateway::Refused;
use super::legs::{Leg, Outward, Ways, secrecy};
use super::perform::{RING_SLACK, outside};
use super::switch::{Switch, Work};
use crate::call::CallEvent;
use crate::media::{Law, MediaCommand, Remote};
use crate::reach::Reach;
use crate::sip::api::{Description, DialogId, Outgoing, Party, Target, UaCommand};
use crate::sip::sdp::{self, Direction, Secrecy};

/// How often the network may send one leg on: two who forward to each other end.
const MOST_SENT_ON: usize = 3;

impl Switch {
    /// 200 OK to the caller, with what its offer allows; without an offer, with ours.
    pub(super) fn answer(&mut self, leg: LegId) {
        // A line that stands has nothing to be answered with.
        if self.legs.get(leg).is_some_and(|known| known.line.is_some()) {
            return self.apply_remote(leg);
        }
        let Some(sdp) = self.own_sdp(leg) else { return };
        if let Some(known) = self.legs.get(leg) {
            self.asks.push_back(UaCommand::Answer { dialog: known.dialog, sdp });
        }
        self.apply_remote(leg);
    }

    pub(super) fn dial_station(
        &mut self,
        call: InteractionId,
        leg: LegId,
        station: StationId,
        ring_ms: u32,
        auto_answer: bool,
    ) {
        if let Some(agent) = self.company.directory.browser_of(station) {
            return self.dial_browser(call, leg, agent);
        }
        let number = self.company.directory.stations.get(&station).map(|phone| phone.number.clone());
        if let Some(number) = number.filter(|number| !number.is_empty()) {
            self.dial_over_trunks(call, leg, &number, ring_ms);
        } else if self.open(call, leg) {
            self.invite(call, leg, Target::Station(station), ring_ms, auto_answer);
        }
    }

    pub(super) fn dial_number(&mut self, now: EpochMs, call: InteractionId, leg: LegId, number: &str, ring_ms: u32) {
        if let Some(trunk) = self.dial_over_trunks(call, leg, number, ring_ms) {
            self.ports.ledger.record(now, Some(call), EventKind::LegStarted { leg, party: outside(number, trunk) });
        }
    }

    /// The trunk that is asked first. `None`: nothing was dialed, and the call has been told.
    fn dial_over_trunks(&mut self, call: InteractionId, leg: LegId, number: &str, ring_ms: u32) -> Option<TrunkId> {
        let Some((trunks, user)) = self.company.ways_out(number) else {
            tracing::warn!(call.id = %call, "no trunk takes the number call {call} is to be sent to");
            self.work.push_back(Work::Event(call, CallEvent::NotDialed { leg, cause: EndCause::Unreachable }));
            return None;
        };
        let mut left = VecDeque::from(trunks);
        let trunk = left.pop_front().filter(|_| self.open(call, leg))?;
        if let Some(known) = self.legs.get_mut(leg) {
            known.outward = Some(Box::new(Outward { dialed: vec![user.clone()], ring_ms }));
            known.ways = Some(Box::new(Ways { left, user: user.clone(), ring_ms }));
        }
        self.invite(call, leg, Target::Trunk { trunk, user }, ring_ms, false);
        Some(trunk)
    }

    /// A trunk did not take the leg, and nothing has rung yet: the next one is asked, and the call need not know. False:
    /// there is none, or the refusal is of the number and not of the trunk.
    pub(super) fn next_trunk(&mut self, now: EpochMs, leg: LegId, status: u16) -> bool {
        let Some(known) = self.legs.get_mut(leg).filter(|known| known.hung_up.is_none()) else { return false };
        let call = known.call;
        if !matches!(status, 401 | 403 | 407 | 408 | 500..=599) || !self.calls.contains_key(&call) {
            return false;
        }
        let Some((ways, trunk)) = known.ways.as_deref_mut().and_then(|ways| ways.left.pop_front().map(|next| (&*ways, next)))
        else {
            return false;
        };
        let (user, ring_ms) = (ways.user.clone(), ways.ring_ms);
        tracing::warn!(call.id = %call, status, "a trunk did not take a leg of call {call} ({status}); trunk {trunk} is tried");
        let dialog: LegId = self.ids.make(now);
        self.legs.redial(leg, DialogId(dialog.0.unsigned_abs()));
        self.ports.ledger.record(now, Some(call), EventKind::LegRerouted { leg, trunk, sip_status: status, to: None });
        self.invite(call, leg, Target::Trunk { trunk, user }, ring_ms, false);
        true
    }

    /// The network names other numbers (300 to 302, RFC 3261 §8.1.3.4): the first that whoever dialed may dial is tried over our
    /// own trunks, and the call need not know. Where no person dialed there is nobody whose rules could allow it. False: there
    /// is none, it was dialed before, or it was enough.
    pub(super) fn sent_elsewhere(&mut self, now: EpochMs, leg: LegId, status: u16, moved_to: &[String]) -> bool {
        let Some(known) = self.legs.get(leg).filter(|known| known.hung_up.is_none() && !moved_to.is_empty()) else { return false };
        let (call, Some(outward)) = (known.call, &known.outward) else { return false };
        let by = self.calls.get(&call).and_then(|live| live.call.dialed_by(leg));
        let allowed = |number: &String| {
            let (trunks, user) = self.company.ways_out(number)?;
            let target = TransferTarget::Number { number: number.clone() };
            let may = !outward.dialed.contains(&user) && self.may_send_to(by?, &target).is_ok();
            may.then_some((trunks, user))
        };
        let next = moved_to.iter().find_map(allowed).filter(|_| outward.dialed.len() <= MOST_SENT_ON);
        let Some((trunks, user)) = next else {
            tracing::warn!(call.id = %call, status, "a leg of call {call} is sent on to where whoever dialed may not dial, or once too often");
            return false;
        };
        let (mut left, ring_ms) = (VecDeque::from(trunks), outward.ring_ms);
        let Some(trunk) = left.pop_front() else { return false };
        tracing::info!(call.id = %call, status, "a leg of call {call} is sent on by the network ({status}); it is dialed over trunk {trunk}");
        let dialog: LegId = self.ids.make(now);
        self.legs.redial(leg, DialogId(dialog.0.unsigned_abs()));
        if let Some(known) = self.legs.get_mut(leg) {
            known.ways = Some(Box::new(Ways { left, user: user.clone(), ring_ms }));
            known.outward.iter_mut().for_each(|outward| outward.dialed.push(user.clone()));
        }
        self.ports.ledger.record(now, Some(call), EventKind::LegRerouted { leg, trunk, sip_status: status, to: Some(user.clone()) });
        self.invite(call, leg, Target::Trunk { trunk, user }, ring_ms, false);
        true
    }

    /// A leg of ours and its media. `false`: there is no media for it; the call has been told.
    fn open(&mut self, call: InteractionId, leg: LegId) -> bool {
        let law = self.caller_law(call);
        let dialog = DialogId(leg.0.unsigned_abs());
        let local = match self.engine.open(call, leg) {
            Ok(local) => local,
            Err(why) => {
                tracing::error!(call.id = %call, "no media for a leg of call {call}: {why}");
                self.work.push_back(Work::Event(call, CallEvent::NotDialed { leg, cause: EndCause::Failed }));
                return false;
            }
        };
        self.legs.insert(leg, Leg::dialed(call, dialog, local, law));
        true
    }

    fn invite(&mut self, call: InteractionId, leg: LegId, target: Target, ring_ms: u32, auto_answer: bool) {
        let trunk = match &target {
            Target::Trunk { trunk, .. } => self.company.directory.trunks.get(trunk),
            Target::Station(_) | Target::Uri { .. } => None,
        };
        let srtp = match &target {
            Target::Station(station) => self.company.directory.stations.get(station).map(|phone| phone.srtp),
            Target::Trunk { .. } | Target::Uri { .. } => trunk.map(|trunk| trunk.srtp),
        };
        if let Some(known) = self.legs.get_mut(leg) {
            known.spoken = trunk.map(spoken).unwrap_or_default();
            // What was agreed on another way does not hold on this one.
            (known.offer, known.remote) = (None, None);
            known.secure(srtp.unwrap_or(Srtp::Never), trunk.map(|t| t.transport == Transport::Tls));
        }
        let mut from = self.calls.get(&call).map(|live| match (&target, &live.shown_outside) {
            (Target::Trunk { .. } | Target::Uri { .. }, Some(outside)) => outside.clone(),
            _ => live.shown.clone(),
        }).unwrap_or_default();
        if let Some(trunk) = trunk {
            let queue = self.calls.get(&call).and_then(|live| live.shown_as.as_deref());
            from = shown_over(trunk, queue, from);
        }
        let target = match (target, trunk) {
            (Target::Trunk { user, .. }, Some(trunk)) => Target::Trunk { trunk: trunk.id, user: trunk.dialed(&user) },
            (target, _) => target,
        };
        let Some(sdp) = self.own_sdp(leg) else { return };
        let Some(known) = self.legs.get(leg) else { return };
        // Our own phones may know which call this is; the world outside need not.
        let headers = match target {
            Target::Station(_) => vec![("X-Zuoxi-Interaction".to_owned(), call.to_string())],
            Target::Trunk { .. } | Target::Uri { .. } => Vec::new(),
        };
        self.asks.push_back(UaCommand::Invite(Box::new(Outgoing {
            dialog: known.dialog,
            target,
            from,
            to_name: String::new(),
            sdp: Some(sdp),
            headers,
            auto_answer,
            auth: None,
            hurry: known.ways.as_ref().is_some_and(|ways| !ways.left.is_empty()),
            max_ring: Duration::from_millis(u64::from(ring_ms)) + RING_SLACK,
        })));
    }

    /// The law the caller speaks, so that other legs are asked for the same.
    pub(super) fn caller_law(&self, call: InteractionId) -> Law {
        let caller = self.calls.get(&call).map(|live| live.call.caller_leg());
        caller.and_then(|leg| self.legs.get(leg)).map_or(Law::A, |leg| leg.law)
    }

    /// Our SDP for a leg now: an answer where its far end offered, else an offer.
    pub(super) fn own_sdp(&mut self, leg: LegId) -> Option<Description> {
        let known = self.legs.get_mut(leg)?;
        known.sdp_version += 1;
        let reach = Reach { own: known.local.ip(), advertise: self.config.media_advertise };
        let (keys, plain, tls) = (known.keys.as_ref(), secrecy(known.srtp, false), secrecy(known.srtp, true));
        let described = |secrecy: Secrecy| {
            Description::of(reach, |ip| {
                let address = SocketAddr::new(ip, known.local.port());
                let session = sdp::Session { id: leg.0.unsigned_abs(), version: known.sdp_version, address };
                match &known.offer {
                    Some(offer) => sdp::answer_for(&session, offer, known.law, Direction::SendRecv, keys),
                    None if known.savp => sdp::offer_for(&session, &known.laws(), Direction::SendRecv, Secrecy::Secured, keys),
                    None => sdp::offer_for(&session, &known.laws(), Direction::SendRecv, secrecy, keys),
                }
            })
        };
        let told = described(plain);
        Some(if tls == plain { told } else { told.and_over_tls(described(tls)) })
    }

    /// Tells media where the far end is, as last agreed, and the call whether the far end holds us.
    pub(super) fn apply_remote(&mut self, leg: LegId) {
        let Some(known) = self.legs.get_mut(leg) else { return };
        let Some(remote) = known.remote else { return };
        let (call, held) = (known.call, !remote.send);
        let changed = std::mem::replace(&mut known.held, held) != held;
        self.media_do(leg, MediaCommand::Remote { leg, remote });
        self.listen(call);
        if changed {
            self.tell_call(call, CallEvent::FarHold { leg, on: held });
        }
    }

    /// Digits come as telephone-events or by INFO; from callers who have neither, as tones, which are looked for only
    /// while keys mean something.
    pub(super) fn listen(&mut self, call: InteractionId) {
        let Some(live) = self.calls.get(&call) else { return };
        let (leg, wanted) = (live.call.caller_leg(), live.call.hears_digits());
        let Some(known) = self.legs.get_mut(leg) else { return };
        let on = wanted && known.remote.is_some_and(|r| r.dtmf_pt.is_none());
        if std::mem::replace(&mut known.tones, on) != on {
            self.media_do(leg, MediaCommand::DetectTones { leg, on });
        }
    }

    /// Takes the far end's SDP in.
    ///
    /// # Errors
    /// The SIP status that says what is wrong with it: 400 unreadable, 488 nothing in it that we speak.
    pub(super) fn agree(&mut self, leg: LegId, body: &[u8]) -> Result<(), u16> {
        let Some(known) = self.legs.get_mut(leg) else { return Err(481) };
        let call = known.call;
        let theirs = sdp::parse_for(body, known.secrecy).map_err(|why| {
            tracing::warn!(call.id = %call, leg.id = %leg, status = why.status(), "no audio with a leg of call {call}: {why}");
            why.status()
        })?;
        let law = theirs.choose(&known.laws()).ok_or(488_u16)?;
        let secured = theirs.secured(known.keys.as_ref());
        if secured.is_none() && (theirs.is_savp() || known.secrecy == Secrecy::Secured) {
            tracing::error!(call.id = %call, leg.id = %leg, "no audio with a leg of call {call}: the system gives no randomness for keys");
            return Err(488);
        }
        known.savp = theirs.is_savp();
        known.law = law;
        known.remote = Some(Remote {
            to: theirs.address,
            seen: known.far,
            law,
            audio_pt: theirs.payload_type(law).unwrap_or(law.payload_type()),
            dtmf_pt: theirs.events,
            ptime_ms: theirs.ptime_ms.unwrap_or(20),
            send: theirs.direction.receives(),
            receive: theirs.direction.sends(),
            secured,
        });
        known.offer = Some(theirs);
        Ok(())
    }

    /// BYE, CANCEL or refusal as fits, and media down.
    pub(super) fn hang_up(&mut self, leg: LegId) {
        let Some(known) = self.legs.get_mut(leg) else { return };
        if known.hung_up.is_some() {
            return;
        }
        known.hung_up = Some(self.clock.now());
        if !known.sip_over {
            self.asks.push_back(UaCommand::Bye { dialog: known.dialog, reason: None });
        }
        let line = known.line;
        self.media_do(leg, MediaCommand::Close { leg });
        if let Some(line) = line {
            self.visit_over(line, EndCause::Failed);
        }
    }

    /// Whoever sits at the station of this user name, or has it for the own.
    pub(super) fn at_station(&self, username: &str) -> Option<contract::AgentId> {
        let directory = &self.company.directory;
        let station = directory.stations.values().find(|s| s.username == username)?.id;
        let at_home = || directory.agents.values().find(|a| a.station == Some(station)).map(|a| a.id);
        self.router.holder(station).or_else(at_home)
    }

    /// A colleague's extension is a colleague, however it was dialed.
    pub(super) fn colleague_or(&self, target: TransferTarget) -> TransferTarget {
        let agent = match &target {
            TransferTarget::Number { number } => self.at_station(number.trim()),
            TransferTarget::Agent { .. } | TransferTarget::Queue { .. } | TransferTarget::Flow { .. } => None,
        };
        agent.map_or(target, |agent| TransferTarget::Agent { agent })
    }

    /// Rules of the company on where somebody may send a caller, before the call is asked.
    pub(super) fn may_send_to(&self, agent: contract::AgentId, target: &TransferTarget) -> Result<(), Refused> {
        let directory = &self.company.directory;
        match target {
            TransferTarget::Queue { queue } if !directory.queues.contains_key(queue) => Err(Refused::NoSuchTarget),
            TransferTarget::Agent { agent: to } if !directory.agents.contains_key(to) => Err(Refused::NoSuchTarget),
            // Whether callers may be sent to a flow is said by the flow.
            TransferTarget::Queue { .. } | TransferTarget::Agent { .. } | TransferTarget::Flow { .. } => Ok(()),
            TransferTarget::Number { number } => {
                let (_, user) = self.company.ways_out(number).ok_or(Refused::NoWayOut)?;
                if self.may_dial(agent, &user) { Ok(()) } else { Err(Refused::NumberNotAllowed) }
            }
        }
    }

    /// Whether somebody's number rules let a number out, as it is dialed.
    pub(super) fn may_dial(&self, agent: contract::AgentId, dialed: &str) -> bool {
        let rules = self.company.directory.agents.get(&agent).map(|agent| &agent.dial_prefixes);
        rules.is_some_and(|rules| rules.iter().any(|prefix| dialed.starts_with(prefix.as_str())))
    }
}

pub(super) fn other(law: Law) -> Law {
    match law {
        Law::A => Law::Mu,
        Law::Mu => Law::A,
    }
}

/// What a trunk speaks, in order.
pub(super) fn spoken(trunk: &Trunk) -> Vec<Law> {
    let law = |codec: &Codec| match codec {
        Codec::Pcma => Law::A,
        Codec::Pcmu => Law::Mu,
    };
    trunk.codecs.iter().map(law).collect()
}

/// Whom the called party is shown: the queue an agent calls for, or as the trunk's rule has it. Where nobody is to be shown, the carrier alone is told.
fn shown_over(trunk: &Trunk, queue: Option<&str>, caller: Party) -> Party {
    if let Some(number) = queue {
        return Party { name: String::new(), user: number.to_owned(), host: String::new() };
    }
    let known = !caller.user.is_empty() && caller.user != "anonymous";
    let callers = match trunk.shown {
        ShownCaller::Caller => known,
        ShownCaller::Own | ShownCaller::Nobody => trunk.caller_id.is_empty(),
    };
    if callers || trunk.caller_id.is_empty() {
        return caller;
    }
    Party { name: String::new(), user: trunk.caller_id.clone(), host: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_called_party_is_shown_what_the_trunks_rule_says() {
        let caller = |user: &str| Party { name: "Ann".into(), user: user.into(), host: String::new() };
        for (shown, caller_id, user, want) in [
            (ShownCaller::Own, "+8610", "+86138", "+8610"),
            (ShownCaller::Own, "", "+86138", "+86138"),
            (ShownCaller::Caller, "+8610", "+86138", "+86138"),
            (ShownCaller::Caller, "+8610", "anonymous", "+8610"),
            (ShownCaller::Caller, "+8610", "", "+8610"),
            (ShownCaller::Caller, "", "anonymous", "anonymous"),
            (ShownCaller::Nobody, "+8610", "+86138", "+8610"),
        ] {
            let trunk = Trunk { shown, caller_id: caller_id.into(), ..Trunk::new(contract::TrunkId(1), "t") };
            let from = shown_over(&trunk, None, caller(user));
            assert_eq!(from.user, want, "{shown:?} {caller_id} {user}");
            assert_eq!(from.name.is_empty(), from.user != user, "a name goes with its own number only");
            assert_eq!(shown_over(&trunk, Some("+8621"), caller(user)).user, "+8621", "the queue's own goes before all");
        }
    }
}
