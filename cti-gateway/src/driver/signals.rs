//! What signalling and media tell, turned into what the calls understand.

use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use contract::{Caller, Direction, EndCause, Entry, EpochMs, EventKind, InteractionId, LegId, StationId};

use super::caller::{caller_of, clean};
use super::company::Answer;
use super::legs::Leg;
use super::perform::MUSIC;
use super::switch::{Live, Switch, Work};
use crate::call::{Call, CallEvent, Facts};
use crate::media::{MediaCommand, MediaEvent};
use crate::sip::api::{DialogId, EndedBy, Incoming, OfferBy, Party, Source, Transport, UaCommand, UaEvent};

/// Where a call came from, whose it is, and what was dialed.
pub(super) struct Came {
    pub entry: Entry,
    pub caller: Caller,
    pub dialed: String,
}

impl Switch {
    pub(super) fn signal(&mut self, now: EpochMs, event: UaEvent) {
        match event {
            UaEvent::Incoming(incoming) => self.incoming(now, &incoming),
            UaEvent::Cancelled { dialog, .. } => self.sip_over(dialog, |leg| CallEvent::LegGone {
                leg,
                cause: EndCause::AnsweredHangup,
                status: Some(487),
            }),
            UaEvent::Ringing { dialog, sdp, .. } => self.rings(dialog, sdp.as_deref()),
            UaEvent::Answered { dialog, sdp, offer, from } => self.answered(dialog, sdp.as_deref(), offer, from),
            UaEvent::Failed { dialog, status, moved_to, .. } if self.goes_another_way(now, dialog, status, &moved_to) => {}
            UaEvent::Failed { dialog, status, sent: true, .. } => {
                self.sip_over(dialog, |leg| CallEvent::LegFailed { leg, status });
            }
            UaEvent::Failed { dialog, status, reason, .. } => {
                tracing::warn!(status, "a leg was not dialed: {reason}");
                let cause = if status == 480 { EndCause::Unreachable } else { EndCause::Failed };
                self.sip_over(dialog, |leg| CallEvent::NotSent { leg, cause });
            }
            UaEvent::Confirmed { dialog, sdp } => {
                if let Some((leg, call)) = self.leg_of(dialog) {
                    if let Some(sdp) = sdp {
                        self.late_answer(leg, &sdp);
                    }
                    if self.legs.get(leg).is_some_and(|known| known.remote.is_none()) {
                        // Our offer came back without an answer we speak: nobody would hear anything.
                        self.tell_call(call, CallEvent::LegGone { leg, cause: EndCause::Failed, status: Some(488) });
                    }
                }
            }
            UaEvent::Ended { dialog, by, .. } => {
                let cause = match by {
                    EndedBy::Remote | EndedBy::Us => EndCause::AnsweredHangup,
                    EndedBy::SessionExpired => EndCause::SessionExpired,
                    EndedBy::NoAck | EndedBy::Lost => EndCause::Failed,
                };
                self.sip_over(dialog, |leg| CallEvent::LegGone { leg, cause, status: None });
            }
            UaEvent::Census(living) => self.compare_dialogs(now, &living),
            UaEvent::Reoffer { dialog, sdp, by } => self.reoffer(dialog, sdp.as_deref(), by),
            UaEvent::Reanswered { dialog, sdp } => {
                if let Some((leg, _)) = self.leg_of(dialog) {
                    self.late_answer(leg, &sdp);
                }
            }
            UaEvent::ReofferFailed { .. } | UaEvent::Notified { .. } => {}
            UaEvent::Trunk { trunk, state, .. } => self.trunk_stands(now, trunk, state.as_ref()),
            UaEvent::Info { dialog, content_type, body } => self.info(dialog, &content_type, &body),
            UaEvent::Refer { dialog, to_user, replaces, .. } => self.refer(now, dialog, &to_user, replaces.is_some()),
            UaEvent::Registered { station, user_agent, flow, expires, fresh, .. } => {
                self.phone(station, false);
                self.work.push_back(Work::Router(match fresh {
                    true => acd::Input::StationUp { station },
                    false => acd::Input::StationRefreshed { station },
                }));
                if fresh {
                    let expires = now + i64::try_from(expires.as_millis()).unwrap_or(i64::MAX / 2);
                    let user_agent = user_agent.unwrap_or_default();
                    let kind =
                        EventKind::StationRegistered { station, user_agent, address: flow.remote.to_string(), expires };
                    self.ports.ledger.record(now, None, kind);
                }
            }
            UaEvent::Unregistered { station, why, left, .. } => {
                if left == 0 {
                    self.phone(station, true);
                    self.work.push_back(Work::Router(acd::Input::StationDown { station }));
                    let reason = format!("{why:?}").to_lowercase();
                    self.ports.ledger.record(now, None, EventKind::StationLost { station, reason });
                }
            }
        }
    }

    /// Tells the call of whoever sits at a station that its phone is gone, or back.
    pub(super) fn phone(&mut self, station: StationId, lost: bool) {
        let Some(agent) = self.router.holder(station) else { return };
        let talk = self.calls.iter().find_map(|(call, live)| Some((*call, live.call.leg_of(agent)?)));
        if let Some((call, leg)) = talk {
            self.tell_call(call, CallEvent::Phone { leg, lost });
        }
    }

    fn goes_another_way(&mut self, now: EpochMs, dialog: DialogId, status: u16, moved_to: &[String]) -> bool {
        let leg = self.leg_of(dialog).map(|(leg, _)| leg);
        leg.is_some_and(|leg| self.next_trunk(now, leg, status) || self.sent_elsewhere(now, leg, status, moved_to))
    }

    /// A phone rings, or its network says something meanwhile.
    fn rings(&mut self, dialog: DialogId, sdp: Option<&[u8]>) {
        let Some((leg, call)) = self.leg_of(dialog) else { return };
        // Whoever rings has been reached: no other way is tried any more.
        if let Some(known) = self.legs.get_mut(leg) {
            known.ways = None;
        }
        // An answer that came early need not be repeated in the 200 (RFC 3262 §5). One we cannot use is left to the 200.
        let early = sdp.is_some_and(|sdp| self.agree(leg, sdp).is_ok());
        self.tell_call(call, CallEvent::LegRinging { leg });
        // Many say that they only speak before the answer, which is not to be taken for a hold.
        if let Some(remote) = self.legs.get(leg).and_then(|known| known.remote).filter(|_| early) {
            self.media_do(leg, MediaCommand::Remote { leg, remote });
            self.tell_call(call, CallEvent::EarlyMedia { leg });
        }
    }

    fn leg_of(&self, dialog: DialogId) -> Option<(LegId, InteractionId)> {
        let leg = self.legs.by_dialog(dialog)?;
        Some((leg, self.legs.get(leg)?.call))
    }

    /// The last word of signalling on a dialog.
    fn sip_over(&mut self, dialog: DialogId, event: impl FnOnce(LegId) -> CallEvent) {
        let Some((leg, call)) = self.leg_of(dialog) else { return };
        if let Some(known) = self.legs.get_mut(leg) {
            known.sip_over = true;
        }
        if self.calls.contains_key(&call) {
            self.tell_call(call, event(leg));
        } else {
            self.hang_up(leg);
        }
        self.legs.drop_if_over(leg);
    }

    fn door(&mut self, dialog: DialogId, status: u16) {
        *self.refused.entry(status).or_default() += 1;
        let retry_after = (status == 503).then_some(self.config.sip.limits.retry_after);
        self.asks.push_back(UaCommand::Reject { dialog, status, retry_after });
    }

    /// A call at the door: in, or refused with the status the reason has.
    fn incoming(&mut self, now: EpochMs, incoming: &Incoming) {
        if self.draining || self.calls.len() >= self.config.most_calls {
            return self.door(incoming.dialog, 503);
        }
        if incoming.replaces.is_some() {
            // Taking over a dialog of ours is nothing we do; to ring anew instead would surprise both sides (RFC 3891 §3).
            return self.door(incoming.dialog, 481);
        }
        let flow = match self.company.answer_for(&incoming.dialed) {
            None => return self.door(incoming.dialog, 404),
            Some(Answer::Flow(flow)) => flow.clone(),
            Some(Answer::Apology(flow)) => {
                self.apologies += 1;
                tracing::error!("a caller hears an apology: flow {} cannot run; mend it, or its number's", flow.name());
                flow.clone()
            }
        };
        let id: InteractionId = self.ids.make(now);
        let leg: LegId = self.ids.make(now);
        let local = match self.engine.open(id, leg) {
            Ok(local) => local,
            Err(why) => {
                tracing::error!("a call is refused, no media for it: {why}");
                return self.door(incoming.dialog, 503);
            }
        };
        let far = Some(incoming.flow.remote.ip());
        let (spoken, srtp) = (self.company.spoken_by(incoming.source), self.company.srtp_with(incoming.source));
        let mut came = Leg { far, spoken, ..Leg::came(id, incoming.dialog, local) };
        came.secure(srtp, Some(incoming.flow.transport == Transport::Tls));
        self.legs.insert(leg, came);
        if let Some(sdp) = &incoming.sdp
            && let Err(status) = self.agree(leg, sdp)
        {
            if let Some(known) = self.legs.get_mut(leg) {
                known.sip_over = true;
            }
            self.hang_up(leg);
            return self.door(incoming.dialog, status);
        }
        self.begin(now, id, leg, incoming, flow);
    }

    fn begin(
        &mut self,
        now: EpochMs,
        id: InteractionId,
        leg: LegId,
        incoming: &Incoming,
        flow: Arc<ivr::Flow>,
    ) {
        let directory = self.company.directory.clone();
        let (entry, country) = match incoming.source {
            Source::Trunk(trunk) => {
                let country = directory.trunks.get(&trunk).map(|t| t.country.as_str()).unwrap_or_default();
                (Entry::Trunk { trunk }, country)
            }
            Source::Station(station) => {
                let at_home = || directory.agents.values().find(|a| a.station == Some(station)).map(|a| a.id);
                let agent = self.router.holder(station).or_else(at_home);
                (Entry::Station { station, agent }, "")
            }
        };
        let country = if country.is_empty() { directory.company.country.as_str() } else { country };
        let caller = caller_of(incoming, country, &directory.company.area_code, self.company.own());
        self.begin_call(now, id, leg, flow, Came { entry, caller, dialed: clean(&incoming.dialed) });
    }

    /// A caller is there and has a leg: the flow begins.
    pub(super) fn begin_call(&mut self, now: EpochMs, id: InteractionId, leg: LegId, flow: Arc<ivr::Flow>, came: Came) {
        let Came { entry, caller, dialed } = came;
        let start = ivr::Start {
            caller: caller.clone(),
            dialed: dialed.clone(),
            country: caller.number.as_ref().and_then(contract::number::country_of),
        };
        let facts = Facts { id, caller_leg: leg, direction: Direction::Inbound, entry, caller: caller.clone(), dialed };
        let span = tracing::info_span!("call", call.id = %id);
        let shown = Party { name: caller.name.clone(), user: shown_user(&caller), host: String::new() };
        let world = super::company::World { company: &self.company, router: &self.router, now };
        let ids = self.ids.clone();
        let Ok((call, actions)) = catch_unwind(AssertUnwindSafe(|| Call::begin(facts, flow, start, ids, now, &world)))
        else {
            self.broken += 1;
            tracing::error!(call.id = %id, "call {id} broke before it began; it is refused");
            self.hang_up(leg);
            return;
        };
        let caller_agent = match entry {
            Entry::Station { station, .. } => self.router.holder(station),
            Entry::Trunk { .. } | Entry::Web | Entry::Pbx { .. } => None,
        };
        self.calls.insert(id, Live { call, due: None, span, shown, shown_outside: None, shown_as: None, caller_agent });
        if let Some(agent) = caller_agent {
            self.work.push_back(Work::Router(acd::Input::AgentBusy { interaction: id, agent }));
        }
        self.lookups.ask(id, caller, &*self.ports.lookup, &self.house, self.inbox.clone());
        self.work.push_back(Work::Actions(id, actions));
    }

    fn answered(&mut self, dialog: DialogId, sdp: Option<&[u8]>, offer: bool, from: IpAddr) {
        let Some((leg, call)) = self.leg_of(dialog) else { return };
        if let Some(known) = self.legs.get_mut(leg) {
            known.far = Some(from);
            if let Some(early) = &mut known.remote {
                early.seen = known.far;
            }
        }
        let agreed = match sdp {
            Some(sdp) => self.agree(leg, sdp),
            None if self.legs.get(leg).is_some_and(|known| known.remote.is_some()) => Ok(()),
            None => Err(488),
        };
        if agreed.is_err() {
            // Nothing we speak: the dialog stands, so it is ended in order.
            self.tell_call(call, CallEvent::LegFailed { leg, status: 488 });
            return;
        }
        if offer && let Some(sdp) = self.own_sdp(leg) {
            self.asks.push_back(UaCommand::AnswerReoffer { dialog, sdp });
        }
        self.tell_call(call, CallEvent::LegAnswered { leg });
        self.apply_remote(leg);
    }

    /// The answer to an offer of ours that came with a response.
    fn late_answer(&mut self, leg: LegId, sdp: &[u8]) {
        if self.agree(leg, sdp).is_ok() {
            self.apply_remote(leg);
        }
    }

    fn reoffer(&mut self, dialog: DialogId, sdp: Option<&[u8]>, _by: OfferBy) {
        let Some((leg, _)) = self.leg_of(dialog) else {
            self.asks.push_back(UaCommand::RejectReoffer { dialog, status: 481 });
            return;
        };
        match sdp {
            Some(sdp) => {
                if let Err(status) = self.agree(leg, sdp) {
                    self.asks.push_back(UaCommand::RejectReoffer { dialog, status });
                    return;
                }
            }
            // Ours is asked for: a full offer, whatever stood before.
            None => {
                if let Some(known) = self.legs.get_mut(leg) {
                    known.offer = None;
                }
            }
        }
        if let Some(sdp) = self.own_sdp(leg) {
            self.asks.push_back(UaCommand::AnswerReoffer { dialog, sdp });
        }
        self.apply_remote(leg);
    }

    /// A digit by SIP INFO (`application/dtmf-relay` and `application/dtmf`).
    fn info(&mut self, dialog: DialogId, content_type: &str, body: &[u8]) {
        let Some((leg, call)) = self.leg_of(dialog) else { return };
        let text = String::from_utf8_lossy(body);
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let signal = match kind.as_str() {
            "application/dtmf-relay" => text
                .lines()
                .filter_map(|l| l.split_once('='))
                .find(|(k, _)| k.trim().eq_ignore_ascii_case("signal"))
                .map_or("", |(_, v)| v.trim()),
            "application/dtmf" => text.trim(),
            _ => "",
        };
        let digit = match signal {
            // Some write the event's number.
            "10" => Some('*'),
            "11" => Some('#'),
            _ => signal.chars().next().map(|d| d.to_ascii_uppercase()),
        };
        let Some(digit) = digit.filter(|d| d.is_ascii_digit() || matches!(d, '*' | '#' | 'A'..='D')) else { return };
        self.pressed(call, leg, digit);
    }

    /// A key that was told beside the audio.
    pub(super) fn pressed(&mut self, call: InteractionId, leg: LegId, digit: char) {
        // Between two who talk, keys pass through the media; those that came beside it are sent on there.
        match self.calls.get(&call).and_then(|live| live.call.partner(leg)) {
            Some(other) => {
                self.media_do(other, MediaCommand::SendDigits { leg: other, digits: digit.to_string() });
            }
            None => self.tell_call(call, CallEvent::Digit { leg, digit }),
        }
    }

    /// The transfer key of the agent's phone does what the button does. Nobody else's REFER is believed: a caller must not dial with an agent's rights. Joining two dialogs (Replaces) is no
    /// blind transfer.
    fn refer(&mut self, now: EpochMs, dialog: DialogId, to_user: &str, joins: bool) {
        let agent = self.leg_of(dialog).and_then(|(leg, call)| {
            let known = &self.calls.get(&call)?.call;
            (known.agent_leg() == Some(leg)).then_some((call, known.agent()?))
        });
        let Some((call, agent)) = agent.filter(|_| !joins) else {
            self.asks.push_back(UaCommand::ReferProgress { dialog, status: 603 });
            return;
        };
        let target = contract::TransferTarget::Number { number: to_user.to_owned() };
        let moved = self.command(now, call, agent, &contract::CallCommand::Transfer { target });
        self.asks.push_back(UaCommand::ReferProgress { dialog, status: if moved.is_ok() { 200 } else { 603 } });
    }

    pub(super) fn media(&mut self, now: EpochMs, leg: LegId, event: MediaEvent) {
        let recording = match &event {
            MediaEvent::RecordEnded { recording, .. } | MediaEvent::RecordGap { recording, .. } => Some(*recording),
            _ => None,
        };
        let call = match recording {
            Some(recording) => self.recordings.get(&recording).copied(),
            None => self.legs.get(leg).map(|known| known.call),
        };
        let Some(call) = call else { return };
        let told = match event {
            MediaEvent::PlayDone { id: MUSIC, .. } => return,
            MediaEvent::PlayDone { id, completed } => {
                // A play that was stopped or replaced was so by us: nobody waits for it.
                if !completed {
                    return;
                }
                let Ok(id) = u32::try_from(id) else { return };
                CallEvent::PlayDone { leg, id, ok: true }
            }
            MediaEvent::Digit { digit, .. } => CallEvent::Digit { leg, digit },
            MediaEvent::Silent { ms } => CallEvent::Silent { leg, ms },
            MediaEvent::DigitsSent | MediaEvent::FirstPacket | MediaEvent::Flowing => return,
            MediaEvent::RecordGap { recording, ms, reason } => {
                if !self.calls.contains_key(&call) {
                    let kind = EventKind::RecordingGap { recording, ms, reason };
                    return self.ports.ledger.record(now, Some(call), kind);
                }
                CallEvent::RecordingGap { recording, ms, reason }
            }
            MediaEvent::RecordEnded { recording, duration_ms, bytes, complete } => {
                self.recordings.remove(&recording);
                let kind = EventKind::RecordingEnded { recording, duration_ms, bytes, complete };
                if !self.calls.contains_key(&call) {
                    // The call could wait no longer for its last word; the fact is kept all the same.
                    return self.ports.ledger.record(now, Some(call), kind);
                }
                CallEvent::RecordingEnded { recording, duration_ms, bytes, complete }
            }
            MediaEvent::Closed { quality } => {
                if let Some(known) = self.legs.get_mut(leg) {
                    known.media_over = true;
                }
                self.legs.drop_if_over(leg);
                // A leg that never heard anything has no quality to tell.
                CallEvent::LegClosed { leg, quality: (quality.received > 0).then_some(quality) }
            }
        };
        self.tell_call(call, told);
    }

    /// Messages dropped at the door of the switch.
    pub(super) fn lost_count(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

fn shown_user(caller: &contract::Caller) -> String {
    match &caller.number {
        Some(number) => number.reveal().to_owned(),
        None if caller.withheld || caller.raw.is_empty() => "anonymous".into(),
        None => caller.raw.clone(),
    }
}
