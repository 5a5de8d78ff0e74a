//! Session timers (RFC 4028): who refreshes how often, and when a dialog that nobody refreshes is over.

use std::time::{Duration, Instant};

use crate::sip::message::{Headers, Refresher, SessionExpires};

/// The least interval RFC 4028 allows.
pub const LEAST: Duration = Duration::from_secs(90);

/// What a request said about session timers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    pub supported: bool,
    pub expires: Option<SessionExpires>,
    pub min_se: Option<Duration>,
}

impl Asked {
    /// Reads Supported, Session-Expires and Min-SE; what does not read counts as absent.
    #[must_use]
    pub fn read(headers: &Headers) -> Self {
        Self {
            supported: headers.supports("timer"),
            expires: headers.session_expires().ok().flatten(),
            min_se: headers.min_se().ok().flatten().map(|s| Duration::from_secs(s.into())),
        }
    }
}

/// What we answer a request with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    pub interval: Duration,
    /// We, the answering side, refresh.
    pub we_refresh: bool,
    /// `Require: timer` goes with it (the far side must refresh).
    pub require: bool,
}

/// The answer of a UAS that wants `ours` and accepts no less than `least` (RFC 4028 §9).
/// # Errors
/// The smallest interval we accept: to be refused with 422 and Min-SE.
pub fn agree(asked: Asked, ours: Duration, least: Duration) -> Result<Agreed, Duration> {
    let wanted = match asked.expires.map(|se| Duration::from_secs(se.seconds.into())) {
        // Without support, a small value is raised silently: the far side would not understand 422.
        Some(interval) if interval < least && asked.supported => return Err(least),
        Some(interval) => interval.max(least).min(ours.max(least)),
        None => ours,
    };
    let interval = wanted.max(asked.min_se.unwrap_or(LEAST));
    // Who has asked for a timer and understands it refreshes, unless it says otherwise (RFC 4028 table 2).
    let uac = asked.supported && asked.expires.is_some_and(|se| se.refresher != Some(Refresher::Uas));
    Ok(Agreed { interval, we_refresh: !uac, require: uac })
}

/// The running timer of one dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimer {
    pub interval: Duration,
    pub we_refresh: bool,
    /// When to refresh next; gone while a refresh is under way or when it is not ours to do.
    refresh_at: Option<Instant>,
    over_at: Instant,
}

/// What a session timer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionDue {
    Nothing,
    Refresh,
    Over,
}

impl SessionTimer {
    /// The interval begins at `now`, with the 2xx.
    #[must_use]
    pub fn start(now: Instant, interval: Duration, we_refresh: bool) -> Self {
        let margin = Duration::from_secs(32).min(interval / 3);
        Self {
            interval,
            we_refresh,
            refresh_at: we_refresh.then(|| now + interval / 2),
            // RFC 4028 §10: BYE a little before the end, so that it arrives in time.
            over_at: now + interval - margin,
        }
    }

    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.refresh_at.map_or(self.over_at, |at| at.min(self.over_at))
    }

    pub fn tick(&mut self, now: Instant) -> SessionDue {
        if now >= self.over_at {
            return SessionDue::Over;
        }
        match self.refresh_at {
            Some(at) if now >= at => {
                self.refresh_at = None;
                SessionDue::Refresh
            }
            _ => SessionDue::Nothing,
        }
    }

    /// A refresh did not work out (glare, 5xx): once more after `gap`, as long as the interval lasts.
    pub fn again(&mut self, now: Instant, gap: Duration) {
        if self.we_refresh {
            self.refresh_at = Some(now + gap);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    /// (supported, Session-Expires, Min-SE) → (seconds, we refresh, require) or the least.
    #[track_caller]
    fn check(supported: bool, expires: Option<&str>, min_se: Option<u64>, want: Result<(u64, bool, bool), u64>) {
        let mut headers = Headers::new();
        for (name, value) in [("Session-Expires", expires), ("Supported", supported.then_some("timer"))] {
            value.into_iter().for_each(|v| headers.push(name, v));
        }
        min_se.into_iter().for_each(|s| headers.push("Min-SE", &s.to_string()));
        let asked = Asked::read(&headers);
        let got = agree(asked, secs(1800), secs(90)).map(|a| (a.interval.as_secs(), a.we_refresh, a.require));
        assert_eq!(got.map_err(|l| l.as_secs()), want, "{supported} {expires:?} {min_se:?}");
    }

    #[test]
    fn the_answer_follows_table_2_of_rfc_4028() {
        check(false, None, None, Ok((1800, true, false)));
        check(true, None, None, Ok((1800, true, false)));
        check(true, Some("600"), None, Ok((600, false, true)));
        check(true, Some("600;refresher=uac"), None, Ok((600, false, true)));
        check(true, Some("600;refresher=uas"), None, Ok((600, true, false)));
        check(false, Some("600"), None, Ok((600, true, false)));
        check(true, Some("4000"), None, Ok((1800, false, true)));
        check(true, Some("4000"), Some(2400), Ok((2400, false, true)));
        check(true, Some("30"), None, Err(90));
        check(false, Some("30"), None, Ok((90, true, false)));
        check(true, Some("nonsense"), None, Ok((1800, true, false)));
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "some first Instant")]
    fn a_refresher_refreshes_at_half_time_and_the_other_side_gives_up_before_the_end() {
        let t0 = Instant::now();
        let mut ours = SessionTimer::start(t0, secs(1800), true);
        assert_eq!(ours.deadline(), t0 + secs(900));
        assert_eq!(ours.tick(t0 + secs(900)), SessionDue::Refresh);
        assert_eq!(ours.deadline(), t0 + secs(1768));
        ours.again(t0 + secs(901), secs(10));
        assert_eq!(ours.tick(t0 + secs(911)), SessionDue::Refresh);
        assert_eq!(ours.tick(t0 + secs(1768)), SessionDue::Over);

        let mut theirs = SessionTimer::start(t0, secs(90), false);
        assert_eq!(theirs.deadline(), t0 + secs(60));
        assert_eq!(theirs.tick(t0 + secs(59)), SessionDue::Nothing);
        assert_eq!(theirs.tick(t0 + secs(60)), SessionDue::Over);
    }
}
