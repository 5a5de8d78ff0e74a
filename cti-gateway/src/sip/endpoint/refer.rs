//! REFER and NOTIFY inside dialogs: being asked to call somebody, telling how it goes (RFC 3515, RFC 3420, RFC 4488),
//! and the `talk` and `hold` events that press a phone's keys.

use std::time::Instant;

use bytes::Bytes;

use super::transact::Purpose;
use super::{Endpoint, compose::fragment};
use crate::sip::api::UaEvent;
use crate::sip::dialog::{Leg, Stage};
use crate::sip::message::{Method, Name, Request};
use crate::sip::transaction::TxKey;

impl Endpoint {
    /// Their REFER. It is accepted as a request (202); whether it is carried out is told by NOTIFY.
    pub(super) fn refer_came(&mut self, now: Instant, leg: &mut Leg, key: TxKey, request: &Request) {
        let headers = &request.headers;
        let single = headers.lines(Name::ReferTo).count() == 1;
        let Some(to) = headers.refer_to().ok().filter(|_| single) else {
            self.reply(now, leg, key, request, 400);
            return;
        };
        if !matches!(leg.stage, Stage::Confirmed) || leg.refer.is_some() || leg.over {
            self.reply(now, leg, key, request, 603);
            return;
        }
        let quiet = headers.get("Refer-Sub").is_some_and(|v| v.trim().eq_ignore_ascii_case("false"));
        let contact = self.contact(leg.flow);
        let mut response = self.answer(request, 202, &leg.tag).with(Name::Contact, &contact);
        if quiet {
            response = response.with(Name::ReferSub, "false");
        }
        self.respond(now, key, 202, response.to_bytes());
        // Without a subscription nothing is told; 0 is no CSeq of a REFER in a dialog.
        leg.refer = Some(if quiet { 0 } else { headers.cseq().map_or(0, |c| c.number) });
        let replaces = headers.refer_replaces().ok().flatten().map(|r| self.find_replaced(r));
        let event = UaEvent::Refer {
            dialog: leg.id,
            to: to.uri.without_headers().to_string(),
            to_user: to.uri.user().unwrap_or_default().into_owned(),
            replaces,
            referred_by: headers.get(Name::ReferredBy).map(str::to_owned),
        };
        self.tell(event);
        self.refer_progress(now, leg, 100);
    }

    /// How the call asked for goes; a final status ends the subscription.
    pub(super) fn refer_progress(&mut self, now: Instant, leg: &mut Leg, status: u16) {
        let Some(id) = leg.refer else { return };
        if status >= 200 {
            leg.refer = None;
        }
        if id == 0 || !matches!(leg.stage, Stage::Confirmed) {
            return;
        }
        let (mut notify, branch) = self.within(leg, 0, Method::Notify, None);
        notify.headers.push(Name::Event, &format!("refer;id={id}"));
        let state = if status >= 200 { "terminated;reason=noresource" } else { "active;expires=60" };
        notify.headers.push(Name::SubscriptionState, state);
        let mut notify = notify.with_body("message/sipfrag;version=2.0", fragment(status));
        self.authorize(leg, &mut notify);
        self.send_within(now, leg, 0, &(notify, branch), Purpose::Notify);
    }

    /// NOTIFY with `Event: talk` or `hold`, kept until there is a dialog to send it in.
    pub(super) fn press(&mut self, now: Instant, leg: &mut Leg, event: &'static str) {
        if leg.over {
            return;
        }
        if leg.peers.is_empty() {
            leg.event = Some(event);
            return;
        }
        self.notify_event(now, leg, 0, event);
    }

    pub(super) fn notify_event(&mut self, now: Instant, leg: &mut Leg, fork: usize, event: &'static str) {
        let (mut notify, branch) = self.within(leg, fork, Method::Notify, None);
        notify.headers.push(Name::Event, event);
        notify.headers.push(Name::SubscriptionState, "active");
        self.authorize(leg, &mut notify);
        self.send_within(now, leg, fork, &(notify, branch), Purpose::Notify);
    }

    pub(super) fn notify_came(&mut self, now: Instant, leg: &mut Leg, key: TxKey, request: &Request) {
        let Some((event, _)) = request.headers.event() else {
            self.reply(now, leg, key, request, 400);
            return;
        };
        if !["refer", "talk", "hold"].contains(&event) {
            let bytes = self.answer(request, 489, &leg.tag).with(Name::AllowEvents, "refer, talk, hold").to_bytes();
            self.respond(now, key, 489, bytes);
            return;
        }
        self.reply(now, leg, key, request, 200);
        let event = UaEvent::Notified {
            dialog: leg.id,
            event: event.to_owned(),
            content_type: request.headers.content_type().unwrap_or_default().to_owned(),
            body: request.body.clone(),
        };
        self.tell_of(leg, event);
    }

    pub(super) fn info(&mut self, now: Instant, leg: &mut Leg, content_type: &str, body: Bytes) {
        if leg.over || leg.peers.is_empty() {
            return;
        }
        let (info, branch) = self.within(leg, 0, Method::Info, None);
        let mut info = info.with_body(content_type, body);
        self.authorize(leg, &mut info);
        self.send_within(now, leg, 0, &(info, branch), Purpose::Info);
    }

    pub(super) fn refer(&mut self, now: Instant, leg: &mut Leg, to: &str) {
        if leg.over || !matches!(leg.stage, Stage::Confirmed) {
            return;
        }
        let (mut refer, branch) = self.within(leg, 0, Method::Refer, None);
        refer.headers.push(Name::ReferTo, &format!("<{}>", to.trim_matches(['<', '>'])));
        let by = leg.ours.split(";tag=").next().unwrap_or_default().to_owned();
        refer.headers.push(Name::ReferredBy, &by);
        self.authorize(leg, &mut refer);
        self.send_within(now, leg, 0, &(refer, branch), Purpose::Refer);
    }
}
