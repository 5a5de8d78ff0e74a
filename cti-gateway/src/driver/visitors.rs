//! Visitors of the company's web pages who call from there: the browser's line is the caller's leg, and the call begins when
//! the line stands, so that the flow's first word is heard. Start at [`Gateway::visit`].
//! Never in this room: who may call and how often (that is the web's), what a line is (that is `media`).

use std::collections::HashMap;
use std::net::IpAddr;

use contract::{Caller, EndCause, Entry, EpochMs, InteractionId, LegId};
use tokio::sync::oneshot;

use super::caller::clean;
use super::company::Answer;
use super::gateway::{Gateway, Refused};
use super::legs::Leg;
use super::signals::Came;
use super::switch::{Message, Switch};
use crate::call::CallEvent;
use crate::media::{BROWSER, Law, LineEvent, LineId, MediaError, Remote};
use crate::sip::api::DialogId;

/// Somebody on a web page who wants to call.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Their browser's SDP offer.
    pub offer: String,
    /// Where they ask from: which of our addresses they reach.
    pub from: IpAddr,
    /// One of our numbers.
    pub dialed: String,
    pub caller: Caller,
}

/// A visitor's call that is about to begin.
#[derive(Debug)]
pub struct Visit {
    pub call: InteractionId,
    /// The SDP answer.
    pub answer: String,
    /// How it ended. Without a word: the gateway has gone.
    pub ended: oneshot::Receiver<EndCause>,
}

/// What the switch keeps of a visitor.
#[derive(Debug)]
pub struct Guest {
    dialed: String,
    caller: Caller,
    ended: oneshot::Sender<EndCause>,
}

/// What a visitor's page says beside the audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Digit(char),
    Bye,
}

#[derive(Debug)]
struct Known {
    call: InteractionId,
    /// Once the call has begun.
    leg: Option<LegId>,
    guest: Guest,
}

/// The visitors of this node.
#[derive(Debug, Default)]
pub(super) struct Visitors {
    lines: HashMap<LineId, Known>,
}

impl Visitors {
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    pub fn line_of(&self, call: InteractionId) -> Option<LineId> {
        self.lines.iter().find(|(_, known)| known.call == call).map(|(line, _)| *line)
    }
}

impl Gateway {
    /// A call from a web page; it begins when the browser has connected. Who may is the asker's to know.
    ///
    /// # Errors
    /// [`Refused::NoSuchNumber`], [`Refused::Full`], [`Refused::BadOffer`], [`Refused::NoLine`], [`Refused::Stopping`];
    /// nothing is open then.
    pub async fn visit(&self, visitor: Visitor) -> Result<Visit, Refused> {
        let line = LineId(self.ids.make::<LegId>(self.clock.now()).0);
        let told = self.reach.seen_from(visitor.from);
        let answer = self.engine.open_line(line, &visitor.offer, told).map_err(|why| match why {
            MediaError::Line(fault) => Refused::BadOffer(fault),
            why => Refused::NoLine(why.to_string()),
        })?;
        let (tell, ended) = oneshot::channel();
        let guest = Box::new(Guest { dialed: clean(&visitor.dialed), caller: visitor.caller, ended: tell });
        let taken = self.ask(|reply| Message::Visit { visitor: guest, line, reply }).await;
        match taken.unwrap_or(Err(Refused::Stopping)) {
            Ok(call) => Ok(Visit { call, answer, ended }),
            Err(refused) => {
                // One that does not close now goes by itself: nobody connects to it.
                let _ = self.engine.close_line(line);
                Err(refused)
            }
        }
    }

    /// The network of the visitor's browser changed: the line goes on another way. The answer to its offer.
    ///
    /// # Errors
    /// [`Refused::NoLine`], [`Refused::BadOffer`].
    pub async fn visitor_moved(&self, call: InteractionId, offer: String) -> Result<String, Refused> {
        let line = self.ask(|reply| Message::VisitorLine { call, reply }).await.flatten();
        self.renew(line, offer).await
    }

    /// A key the visitor pressed: `0` to `9`, `*`, `#`. Others, and those of a call that has ended, are nothing.
    pub async fn visitor_pressed(&self, call: InteractionId, digit: char) {
        self.tell(Message::VisitorSays { call, said: Said::Digit(digit) }).await;
    }

    /// The visitor hung up, or left the page.
    pub async fn visitor_left(&self, call: InteractionId) {
        self.tell(Message::VisitorSays { call, said: Said::Bye }).await;
    }
}

impl Switch {
    pub(super) fn visit(&mut self, now: EpochMs, line: LineId, guest: Guest) -> Result<InteractionId, Refused> {
        if self.draining {
            return Err(Refused::Stopping);
        }
        if self.calls.len() >= self.config.most_calls {
            return Err(Refused::Full);
        }
        if self.company.answer_for(&guest.dialed).is_none() {
            return Err(Refused::NoSuchNumber(guest.dialed));
        }
        let call = self.ids.make(now);
        self.visitors.lines.insert(line, Known { call, leg: None, guest });
        Ok(call)
    }

    /// What becomes of a line that is no agent's.
    pub(super) fn visit_line(&mut self, now: EpochMs, line: LineId, event: LineEvent) {
        let Some(known) = self.visitors.lines.get(&line) else { return };
        match (event, known.leg) {
            (LineEvent::Up, None) => self.visitor_is_there(now, line),
            (LineEvent::Up, Some(_)) => {}
            (LineEvent::Lost | LineEvent::Gone, Some(leg)) => {
                let call = known.call;
                self.tell_call(call, CallEvent::LegGone { leg, cause: EndCause::MediaTimeout, status: None });
            }
            (LineEvent::Lost | LineEvent::Gone, None) => self.visit_over(line, EndCause::Unreachable),
        }
    }

    fn visitor_is_there(&mut self, now: EpochMs, line: LineId) {
        let Some(known) = self.visitors.lines.get_mut(&line) else { return };
        let (call, leg) = (known.call, self.ids.make(now));
        let (caller, dialed) = (known.guest.caller.clone(), known.guest.dialed.clone());
        let full = self.draining || self.calls.len() >= self.config.most_calls;
        let flow = match self.company.answer_for(&dialed) {
            Some(Answer::Flow(flow)) if !full => flow.clone(),
            Some(Answer::Apology(flow)) if !full => {
                self.apologies += 1;
                flow.clone()
            }
            Some(_) | None => return self.visit_over(line, if full { EndCause::Busy } else { EndCause::Unreachable }),
        };
        if let Err(why) = self.engine.open_on(call, leg, line) {
            tracing::error!(call.id = %call, "a visitor's call is refused, no media for it: {why}");
            return self.visit_over(line, EndCause::Failed);
        }
        known.leg = Some(leg);
        let came = Leg::came(call, DialogId(leg.0.unsigned_abs()), BROWSER);
        // There is no dialog whose end would have to be waited for.
        self.legs.insert(leg, Leg { line: Some(line), sip_over: true, remote: Some(Remote::new(BROWSER, Law::A)), ..came });
        self.begin_call(now, call, leg, flow, Came { entry: Entry::Web, caller, dialed });
    }

    pub(super) fn visitor_says(&mut self, call: InteractionId, said: Said) {
        let line = self.visitors.line_of(call);
        let found = line.and_then(|line| Some((line, self.visitors.lines.get(&line)?.leg)));
        match (found, said) {
            (None, _) | (Some((_, None)), Said::Digit(_)) => {}
            (Some((_, Some(leg))), Said::Digit(digit)) => {
                if digit.is_ascii_digit() || matches!(digit, '*' | '#') {
                    self.pressed(call, leg, digit);
                }
            }
            (Some((_, Some(leg))), Said::Bye) => {
                self.tell_call(call, CallEvent::LegGone { leg, cause: EndCause::AnsweredHangup, status: None });
            }
            (Some((line, None)), Said::Bye) => self.visit_over(line, EndCause::Abandoned),
        }
    }

    /// The line goes, and the page is told why. Said once; lines of agents are not meant.
    pub(super) fn visit_over(&mut self, line: LineId, cause: EndCause) {
        let Some(known) = self.visitors.lines.remove(&line) else { return };
        // The page may have gone, which is why.
        let _ = known.guest.ended.send(cause);
        self.close_line(line);
    }
}
