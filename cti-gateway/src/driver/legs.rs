//! Every leg of this node: its dialog, its media, and what was agreed with the far end. A leg is here from its INVITE to
//! the last word of both signalling and media.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

use contract::directory::Srtp;
use contract::{EpochMs, InteractionId, LegId, TrunkId};

use super::dialing::other;
use crate::media::{Law, LineId, Remote};
use crate::sip::api::DialogId;
use crate::sip::sdp::{Offer, OurKeys, Secrecy};

#[derive(Debug)]
pub struct Leg {
    pub call: InteractionId,
    pub dialog: DialogId,
    /// Our audio address.
    pub local: SocketAddr,
    /// The host its signalling comes from, once known.
    pub far: Option<IpAddr>,
    /// What was agreed; none before the answer.
    pub remote: Option<Remote>,
    /// Version of our SDP, for `o=`.
    pub sdp_version: u64,
    /// The far end holds us.
    pub held: bool,
    /// The law to ask for first, so that both legs of a call speak alike.
    pub law: Law,
    /// What its trunk speaks, in order; empty: `law` first, then the other one.
    pub spoken: Vec<Law>,
    /// The far end's last SDP; ours answers it. None: ours is the offer.
    pub offer: Option<Offer>,
    /// Whether audio with this far end is encrypted, as it is set; and as it is judged here, knowing how SIP travels.
    pub srtp: Srtp,
    pub secrecy: Secrecy,
    /// What we would encrypt with. None: keys are not spoken of.
    pub keys: Option<OurKeys>,
    /// The secure profile was agreed on: our next offer keeps to it.
    pub savp: bool,
    pub sip_over: bool,
    pub media_over: bool,
    /// The play the call asked for last and has not taken back; speech that comes late is for it or for nobody.
    pub play: Option<u32>,
    /// Tones in its audio are looked for.
    pub tones: bool,
    /// The call wants it gone, since then.
    pub hung_up: Option<EpochMs>,
    /// The browser's line it is on; such a leg has no dialog.
    pub line: Option<LineId>,
    /// How else it may go out, until it rings.
    pub ways: Option<Box<Ways>>,
    /// Of a leg to a number outside: what was dialed for it so far, and how long it may ring.
    pub outward: Option<Box<Outward>>,
}

/// A leg to a number outside.
#[derive(Debug)]
pub struct Outward {
    /// As dialed over the trunks; more than one where the network sent us on.
    pub dialed: Vec<String>,
    pub ring_ms: u32,
}

/// Trunks that are left for a leg, and what is dialed there.
#[derive(Debug)]
pub struct Ways {
    pub left: VecDeque<TrunkId>,
    pub user: String,
    pub ring_ms: u32,
}

impl Leg {
    /// A leg that came in.
    pub fn came(call: InteractionId, dialog: DialogId, local: SocketAddr) -> Self {
        Self::dialed(call, dialog, local, Law::A)
    }

    /// A leg of ours, asking for `law` first.
    pub fn dialed(call: InteractionId, dialog: DialogId, local: SocketAddr, law: Law) -> Self {
        Self {
            call,
            dialog,
            local,
            far: None,
            remote: None,
            sdp_version: 0,
            held: false,
            law,
            spoken: Vec::new(),
            offer: None,
            srtp: Srtp::Never,
            secrecy: Secrecy::Plain,
            keys: None,
            savp: false,
            sip_over: false,
            media_over: false,
            play: None,
            tones: false,
            hung_up: None,
            line: None,
            ways: None,
            outward: None,
        }
    }

    /// From now on audio is encrypted as it is set, under keys of its own. `tls`: SIP travels over TLS; none: not known before
    /// the call goes out, and whether keys are spoken of is seen from the answer.
    pub fn secure(&mut self, srtp: Srtp, tls: Option<bool>) {
        self.srtp = srtp;
        self.secrecy = secrecy(srtp, tls.unwrap_or(true));
        self.savp = false;
        self.keys = (self.secrecy != Secrecy::Plain).then(chance).flatten().map(|chance| OurKeys::new(&chance));
    }

    /// The laws that may be agreed on, best first.
    pub fn laws(&self) -> Vec<Law> {
        if self.spoken.is_empty() { vec![self.law, other(self.law)] } else { self.spoken.clone() }
    }
}

/// Whether keys are spoken of where SIP travels so.
pub fn secrecy(srtp: Srtp, tls: bool) -> Secrecy {
    match srtp {
        Srtp::Required => Secrecy::Secured,
        Srtp::Always => Secrecy::Either,
        Srtp::OverTls if tls => Secrecy::Either,
        Srtp::OverTls | Srtp::Never => Secrecy::Plain,
    }
}

/// None: the system gives no randomness, and keys that can be guessed are none.
fn chance<const N: usize>() -> Option<[u8; N]> {
    let mut chance = [0; N];
    getrandom::fill(&mut chance).is_ok().then_some(chance)
}

/// By leg and by dialog.
#[derive(Debug, Default)]
pub struct Legs {
    legs: HashMap<LegId, Leg>,
    dialogs: HashMap<DialogId, LegId>,
}

impl Legs {
    pub fn insert(&mut self, id: LegId, leg: Leg) {
        self.dialogs.insert(leg.dialog, id);
        self.legs.insert(id, leg);
    }

    /// The leg goes on in another dialog.
    pub fn redial(&mut self, id: LegId, dialog: DialogId) {
        if let Some(leg) = self.legs.get_mut(&id) {
            self.dialogs.remove(&std::mem::replace(&mut leg.dialog, dialog));
            self.dialogs.insert(dialog, id);
        }
    }

    pub fn get(&self, id: LegId) -> Option<&Leg> {
        self.legs.get(&id)
    }

    pub fn get_mut(&mut self, id: LegId) -> Option<&mut Leg> {
        self.legs.get_mut(&id)
    }

    pub fn by_dialog(&self, dialog: DialogId) -> Option<LegId> {
        self.dialogs.get(&dialog).copied()
    }

    pub fn len(&self) -> usize {
        self.legs.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (LegId, &Leg)> {
        self.legs.iter().map(|(id, leg)| (*id, leg))
    }

    /// Forgets the leg, whatever has not been said of it.
    pub fn remove(&mut self, id: LegId) {
        if let Some(leg) = self.legs.remove(&id) {
            self.dialogs.remove(&leg.dialog);
        }
    }

    /// Drops the leg once signalling and media are both over.
    pub fn drop_if_over(&mut self, id: LegId) {
        if self.legs.get(&id).is_some_and(|leg| leg.sip_over && leg.media_over) {
            self.remove(id);
        }
    }
}
