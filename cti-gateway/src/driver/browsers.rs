//! Browsers as phones: whose line stands, which leg is on it, and what routing hears of it. A browser that rings needs no
//! signalling: it is told by its desk, and pressed by its desk. Start at [`Switch::take_line`].
//! Never in this room: what a line is (that is `media`), what does for a talk (that is `acd`).

use std::collections::HashMap;
use std::net::IpAddr;

use contract::directory::browser_station;
use contract::{AgentId, EndCause, EpochMs, EventKind, InteractionId, LegId, PhoneCheck, Seat, SeatStatus};

use super::gateway::{Gateway, Refused};
use super::legs::Leg;
use super::switch::{Message, Switch, Work};
use crate::call::CallEvent;
use crate::media::{BROWSER, LineEvent, LineId, MediaError, Remote};
use crate::sip::api::DialogId;

/// A line has nothing to renew; it is told as good for so long.
const LONGEST_SHIFT_MS: EpochMs = 24 * 3_600_000;
/// Longest name of a browser kept.
const LONGEST_NAME: usize = 200;

/// A browser that wants to be a phone.
#[derive(Debug, Clone)]
pub struct Browser {
    /// Its SDP offer.
    pub offer: String,
    /// Tells it from others of the same person.
    pub id: String,
    /// Also where another of them is the phone.
    pub takes: bool,
    /// Where it asks from: which of our addresses it reaches.
    pub from: IpAddr,
    /// What it calls itself.
    pub name: String,
}

/// The lines of this node's browsers.
#[derive(Debug, Default)]
pub(super) struct Browsers {
    lines: HashMap<AgentId, Line>,
    owners: HashMap<LineId, AgentId>,
}

/// What the switch keeps of a line.
#[derive(Debug)]
pub(super) struct Line {
    id: LineId,
    browser: String,
    /// Routing knows it as a station that can ring.
    up: bool,
    /// Its browser fell silent: another may have the phone unasked. One that is about to connect is not lost.
    lost: bool,
    name: String,
    address: String,
}

impl Browsers {
    pub fn len(&self) -> usize {
        self.lines.len()
    }
}

impl Gateway {
    /// A line for an agent's browser; the SDP answer. One that stood before is closed, and its talk goes on over this one.
    ///
    /// # Errors
    /// [`Refused::OtherStation`] where the agent's seat is not at this browser; [`Refused::NoLine`].
    pub async fn line(&self, agent: AgentId, browser: Browser) -> Result<String, Refused> {
        let line = LineId(self.ids.make::<LegId>(self.clock.now()).0);
        let told = self.reach.seen_from(browser.from);
        let answer = self.engine.open_line(line, &browser.offer, told).map_err(|why| match why {
            MediaError::Line(fault) => Refused::BadOffer(fault),
            why => Refused::NoLine(why.to_string()),
        })?;
        let name: String = browser.name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
        let address = browser.from.to_string();
        let kept = Line { id: line, browser: browser.id, up: false, lost: false, name, address };
        let taken = self.ask(|reply| Message::TakeLine { agent, line: kept, takes: browser.takes, reply }).await;
        match taken.unwrap_or(Err(Refused::Stopping)) {
            Ok(()) => Ok(answer),
            Err(refused) => {
                // One that does not close now goes by itself: nobody connects to it.
                let _ = self.engine.close_line(line);
                Err(refused)
            }
        }
    }

    /// The network of the agent's browser changed: its line goes on another way, and whatever is on it stays.
    ///
    /// # Errors
    /// [`Refused::NoLine`] where this browser has none any more: it makes another; [`Refused::BadOffer`].
    pub async fn renew_line(&self, agent: AgentId, browser: String, offer: String) -> Result<String, Refused> {
        let line = self.ask(|reply| Message::LineOf { agent, browser, reply }).await.flatten();
        self.renew(line, offer).await
    }

    pub(super) async fn renew(&self, line: Option<LineId>, offer: String) -> Result<String, Refused> {
        let line = line.ok_or_else(|| Refused::NoLine(MediaError::NoLine.to_string()))?;
        self.engine.renew_line(line, offer).await.map_err(|why| match why {
            MediaError::Line(fault) => Refused::BadOffer(fault),
            why => Refused::NoLine(why.to_string()),
        })
    }

    /// What the agent's browser found of itself.
    pub async fn check(&self, agent: AgentId, check: PhoneCheck) {
        self.tell(Message::Check { agent, check }).await;
    }
}

impl Switch {
    pub(super) fn take_line(
        &mut self,
        agent: AgentId,
        mut line: Line,
        takes: bool,
    ) -> Result<(), Refused> {
        let id = line.id;
        let here = |seat: &Seat| seat.status != SeatStatus::Offline && seat.station == Some(browser_station(agent));
        if !self.router.seat(agent).is_some_and(here) || self.company.directory.browser_of(browser_station(agent)) != Some(agent) {
            return Err(Refused::OtherStation);
        }
        let before = self.browsers.lines.get(&agent);
        if before.is_some_and(|old| !old.lost && old.browser != line.browser && !takes) {
            return Err(Refused::PhoneElsewhere);
        }
        // To routing the station stays what it was: the browser is there, or will be lost in its turn.
        line.up = before.is_some_and(|old| old.up);
        let before = self.browsers.lines.insert(agent, line).map(|old| old.id);
        self.browsers.owners.insert(id, agent);
        if let Some(old) = before {
            let on_it = self.legs.iter().filter(|(_, leg)| leg.line == Some(old) && leg.hung_up.is_none());
            let legs: Vec<(LegId, InteractionId)> = on_it.map(|(leg, known)| (leg, known.call)).collect();
            for (leg, call) in legs {
                if let Err(why) = self.engine.lay_on(call, leg, id) {
                    tracing::error!(call.id = %call, "a browser that came back does not hear call {call}: {why}");
                }
                if let Some(known) = self.legs.get_mut(leg) {
                    known.line = Some(id);
                }
            }
            self.close_line(old);
        }
        Ok(())
    }

    pub(super) fn close_line(&mut self, id: LineId) {
        self.browsers.owners.remove(&id);
        if let Err(why) = self.engine.close_line(id) {
            tracing::warn!("a browser's line stays until its browser has gone: {why}");
        }
    }

    /// The agent's browser is a phone no more.
    fn leave_line(&mut self, now: EpochMs, agent: AgentId, reason: &str) {
        if let Some(line) = self.browsers.lines.remove(&agent) {
            self.close_line(line.id);
            if line.up {
                self.browser_lost(now, agent, reason);
            }
        }
    }

    /// Lines whose agents no longer sit at them.
    pub(super) fn seat_moved(&mut self, now: EpochMs, seat: &Seat) {
        let here = seat.status != SeatStatus::Offline && seat.station == Some(browser_station(seat.agent));
        if !here {
            self.leave_line(now, seat.agent, "left");
        }
    }

    /// The company allows fewer browsers than before.
    pub(super) fn fit_lines(&mut self, now: EpochMs) {
        let directory = self.company.directory.clone();
        let forbidden = |agent: &&AgentId| directory.browser_of(browser_station(**agent)).is_none();
        let gone: Vec<AgentId> = self.browsers.lines.keys().filter(forbidden).copied().collect();
        gone.into_iter().for_each(|agent| self.leave_line(now, agent, "not allowed"));
    }

    pub(super) fn line_says(&mut self, now: EpochMs, id: LineId, event: LineEvent) {
        let Some(&agent) = self.browsers.owners.get(&id) else { return self.visit_line(now, id, event) };
        let Some(line) = self.browsers.lines.get_mut(&agent) else { return };
        let was_up = std::mem::replace(&mut line.up, event == LineEvent::Up);
        line.lost = !line.up;
        match event {
            LineEvent::Up if !was_up => {
                let station = browser_station(agent);
                let (user_agent, address) = (line.name.clone(), line.address.clone());
                self.phone(station, false);
                self.work.push_back(Work::Router(acd::Input::StationUp { station }));
                let kind = EventKind::StationRegistered { station, user_agent, address, expires: now + LONGEST_SHIFT_MS };
                self.ports.ledger.record(now, None, kind);
            }
            LineEvent::Lost | LineEvent::Gone if was_up => self.browser_lost(now, agent, "lost"),
            LineEvent::Up | LineEvent::Lost | LineEvent::Gone => {}
        }
        if event == LineEvent::Gone {
            self.browsers.owners.remove(&id);
            self.browsers.lines.remove(&agent);
        }
    }

    /// The line of this browser, where it is the agent's phone.
    pub(super) fn line_of(&self, agent: AgentId, browser: &str) -> Option<LineId> {
        self.browsers.lines.get(&agent).filter(|line| line.browser == browser).map(|line| line.id)
    }

    fn browser_lost(&mut self, now: EpochMs, agent: AgentId, reason: &str) {
        let station = browser_station(agent);
        self.phone(station, true);
        self.work.push_back(Work::Router(acd::Input::StationDown { station }));
        self.ports.ledger.record(now, None, EventKind::StationLost { station, reason: reason.into() });
    }

    /// A leg to a browser: laid on its line, and ringing at once.
    pub(super) fn dial_browser(&mut self, call: InteractionId, leg: LegId, agent: AgentId) {
        let law = self.caller_law(call);
        let line = self.browsers.lines.get(&agent).map(|line| line.id);
        let opened = line.ok_or(MediaError::NoLine).and_then(|line| self.engine.open_on(call, leg, line));
        if let Err(why) = opened {
            tracing::warn!(call.id = %call, "call {call} cannot ring a browser: {why}");
            let cause = if matches!(why, MediaError::NoLine) { EndCause::Unreachable } else { EndCause::Failed };
            return self.work.push_back(Work::Event(call, CallEvent::NotDialed { leg, cause }));
        }
        let dialed = Leg::dialed(call, DialogId(leg.0.unsigned_abs()), BROWSER, law);
        // There is no dialog whose end would have to be waited for.
        self.legs.insert(leg, Leg { line, sip_over: true, remote: Some(Remote::new(BROWSER, law)), ..dialed });
        self.apply_remote(leg);
        self.tell_call(call, CallEvent::LegRinging { leg });
    }

    /// The desk pressed Answer for a browser. False: the leg is no browser's.
    pub(super) fn press_browser(&mut self, leg: LegId) -> bool {
        let Some(known) = self.legs.get(leg).filter(|known| known.line.is_some()) else { return false };
        let call = known.call;
        self.tell_call(call, CallEvent::LegAnswered { leg });
        true
    }
}
