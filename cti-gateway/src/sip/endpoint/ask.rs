//! Commands of the house, each carried out where its state allows it; elsewhere it changes nothing.

use std::time::Instant;

use bytes::Bytes;

use super::Endpoint;
use super::compose::seconds;
use crate::sip::api::{Description, EndedBy, UaCommand, UaEvent};
use crate::sip::dialog::{Leg, Stage};
use crate::sip::message::Name;

impl Endpoint {
    pub(super) fn ask(&mut self, now: Instant, command: UaCommand) {
        match command {
            UaCommand::Ring { dialog, sdp } => self.with_leg(now, dialog, |ua, leg| {
                let sdp = sdp.map(|sdp| for_far_end(leg, &sdp));
                ua.ring(now, leg, sdp);
            }),
            UaCommand::Answer { dialog, sdp } => {
                self.with_leg(now, dialog, |ua, leg| ua.accept(now, leg, for_far_end(leg, &sdp)));
            }
            UaCommand::Reject { dialog, status, retry_after } => {
                let line = retry_after.map(|after| (Name::RetryAfter, seconds(after)));
                self.with_leg(now, dialog, |ua, leg| ua.reject(now, leg, status.clamp(300, 699), line));
            }
            UaCommand::Invite(outgoing) => self.invite(now, *outgoing),
            UaCommand::Cancel { dialog } => self.with_leg(now, dialog, |ua, leg| {
                if matches!(leg.stage, Stage::Calling(_)) {
                    ua.end(now, leg, None);
                }
            }),
            UaCommand::Bye { dialog, reason } => self.with_leg(now, dialog, |ua, leg| ua.end(now, leg, reason)),
            UaCommand::Reinvite { dialog, sdp } => {
                self.with_leg(now, dialog, |ua, leg| ua.want(now, leg, for_far_end(leg, &sdp)));
            }
            UaCommand::AnswerReoffer { dialog, sdp } => {
                self.with_leg(now, dialog, |ua, leg| ua.answer_offer(now, leg, for_far_end(leg, &sdp)));
            }
            UaCommand::RejectReoffer { dialog, status } => {
                self.with_leg(now, dialog, |ua, leg| ua.refuse_offer(now, leg, status.clamp(400, 699)));
            }
            UaCommand::Info { dialog, content_type, body } => {
                self.with_leg(now, dialog, |ua, leg| ua.info(now, leg, &content_type, body));
            }
            UaCommand::NotifyTalk { dialog } => self.with_leg(now, dialog, |ua, leg| ua.press(now, leg, "talk")),
            UaCommand::NotifyHold { dialog } => self.with_leg(now, dialog, |ua, leg| ua.press(now, leg, "hold")),
            UaCommand::Refer { dialog, to } => self.with_leg(now, dialog, |ua, leg| ua.refer(now, leg, &to)),
            UaCommand::ReferProgress { dialog, status } => {
                self.with_leg(now, dialog, |ua, leg| ua.refer_progress(now, leg, status));
            }
            UaCommand::Restore(contacts) => self.restore(now, contacts),
            UaCommand::SetDirectory(directory) => {
                self.directory = directory;
                self.forget_removed(now);
                self.follow_trunks(now);
            }
            UaCommand::Census => {
                let living = self.legs.values().filter(|leg| !leg.over).map(|leg| leg.id).collect();
                self.tell(UaEvent::Census(living));
            }
            UaCommand::Drain(on) => self.admission.drain(on),
            UaCommand::Pressure(on) => self.admission.lagging(on),
            UaCommand::Full(on) => self.admission.full(on),
            UaCommand::Behind(time) => self.admission.behind(time),
        }
    }

    fn reject(&mut self, now: Instant, leg: &mut Leg, status: u16, line: Option<(Name, String)>) {
        if matches!(leg.stage, Stage::Incoming(_)) {
            self.refuse(now, leg, status, line);
            self.finish(leg, UaEvent::Ended { dialog: leg.id, by: EndedBy::Us, reason: None });
        }
    }

    /// The house is done with a leg, whatever its state.
    fn end(&mut self, now: Instant, leg: &mut Leg, reason: Option<String>) {
        if leg.over {
            return;
        }
        self.finish(leg, UaEvent::Ended { dialog: leg.id, by: EndedBy::Us, reason: None });
        let reason = reason.filter(|r| !r.contains(['\r', '\n', '\0']));
        match leg.stage {
            Stage::Incoming(_) => self.refuse(now, leg, 480, reason.map(|r| (Name::Reason, r))),
            Stage::Calling(_) => self.give_up(now, leg),
            Stage::Confirmed => self.bye(now, leg, reason),
            Stage::Closing | Stage::Gone => {}
        }
    }
}

/// Our description with the address this leg's far end reaches.
fn for_far_end(leg: &Leg, sdp: &Description) -> Bytes {
    sdp.seen_over(leg.flow)
}
