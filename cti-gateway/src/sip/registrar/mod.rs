//! Which station can be reached where (RFC 3261 §10): contacts with their flow and expiry, a bounded number each.
//! Start at [`Registrar::bind`]. Never in this room: passwords, messages, clocks.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Instant;

use contract::StationId;

use super::api::Flow;
use super::message::Uri;
use super::transaction::TxKey;

/// One reachable contact.
#[derive(Debug, Clone)]
pub struct Binding {
    pub uri: Uri,
    /// How to reach it: the way its REGISTER came, whatever the Contact says.
    pub flow: Flow,
    pub expires: Instant,
    pub call_id: String,
    pub seq: u32,
    pub user_agent: Option<String>,
    pub watch: Watch,
}

/// How a contact is watched.
#[derive(Debug, Clone, Copy, Default)]
pub struct Watch {
    /// When it is asked next, or no longer waited for. None: it is not watched.
    pub at: Option<Instant>,
    /// The question on its way.
    pub asked: Option<TxKey>,
    /// Questions one after the other that got no answer.
    pub missed: u32,
    /// It has answered before, so that its silence says something.
    pub answers: bool,
}

/// A contact that is no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    pub station: StationId,
    pub contact: String,
    /// Contacts the station still has.
    pub left: usize,
}

/// What became of a contact to bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    Fresh,
    Refreshed,
    /// Took the place of the oldest.
    Displaced(Lost),
    /// An older REGISTER of the same Call-ID, overtaken on the way (RFC 3261 §10.3 step 7).
    Stale,
    /// The endpoint holds as many registrations as it may.
    Full,
}

/// All contacts of all stations.
#[derive(Debug)]
pub struct Registrar {
    per_station: usize,
    most: usize,
    stations: HashMap<StationId, Vec<Binding>>,
    /// Who is at this far address, newest registration last.
    flows: HashMap<Flow, Vec<StationId>>,
    addresses: HashMap<IpAddr, usize>,
    count: usize,
    /// Alarms of the stations, kept for the endpoint.
    pub armed: HashMap<StationId, Option<Instant>>,
}

impl Registrar {
    #[must_use]
    pub fn new(per_station: usize, most: usize) -> Self {
        Self {
            per_station: per_station.max(1),
            most,
            stations: HashMap::new(),
            flows: HashMap::new(),
            addresses: HashMap::new(),
            count: 0,
            armed: HashMap::new(),
        }
    }

    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Contacts, newest first.
    pub fn contacts(&self, station: StationId) -> impl Iterator<Item = &Binding> {
        self.stations.get(&station).into_iter().flatten().rev()
    }

    pub fn contacts_mut(&mut self, station: StationId) -> impl Iterator<Item = &mut Binding> {
        self.stations.get_mut(&station).into_iter().flatten()
    }

    /// The `n`th contact of a station, the oldest first.
    pub fn contact_mut(&mut self, station: StationId, n: usize) -> Option<&mut Binding> {
        self.stations.get_mut(&station)?.get_mut(n)
    }

    /// Some phone is registered from this address.
    #[must_use]
    pub fn knows(&self, ip: IpAddr) -> bool {
        self.addresses.contains_key(&ip)
    }

    /// The station that registered over exactly this flow.
    #[must_use]
    pub fn station_at(&self, flow: Flow) -> Option<StationId> {
        self.flows.get(&flow).and_then(|s| s.last()).copied()
    }

    /// When a contact of the station expires or is to be looked after, whichever comes first.
    #[must_use]
    pub fn deadline(&self, station: StationId) -> Option<Instant> {
        let list = self.stations.get(&station)?;
        list.iter().flat_map(|b| [Some(b.expires), b.watch.at]).flatten().min()
    }

    /// Binds or refreshes a contact.
    pub fn bind(&mut self, station: StationId, mut binding: Binding) -> Bound {
        let list = self.stations.entry(station).or_default();
        let known = list.iter().position(|b| b.uri.same_as(&binding.uri));
        if let Some(at) = known {
            if list[at].call_id == binding.call_id && list[at].seq >= binding.seq {
                return Bound::Stale;
            }
            let old = list.remove(at);
            binding.watch.answers |= old.watch.answers;
            let flow = binding.flow;
            list.push(binding);
            self.forget_flow(station, old.flow);
            self.note_flow(station, flow);
            return Bound::Refreshed;
        }
        if self.count >= self.most {
            if list.is_empty() {
                self.stations.remove(&station);
            }
            return Bound::Full;
        }
        let displaced = (list.len() >= self.per_station).then(|| list.remove(0));
        let flow = binding.flow;
        list.push(binding);
        let left = list.len();
        self.count += 1;
        self.note_flow(station, flow);
        match displaced {
            None => Bound::Fresh,
            Some(old) => {
                self.count -= 1;
                self.forget_flow(station, old.flow);
                Bound::Displaced(Lost { station, contact: old.uri.to_string(), left })
            }
        }
    }

    /// Takes away the contacts for which `gone` holds.
    pub fn remove(&mut self, station: StationId, mut gone: impl FnMut(&Binding) -> bool) -> Vec<Lost> {
        let Some(list) = self.stations.get_mut(&station) else { return Vec::new() };
        let (out, kept): (Vec<Binding>, Vec<Binding>) = std::mem::take(list).into_iter().partition(|b| gone(b));
        let left = kept.len();
        if kept.is_empty() {
            self.stations.remove(&station);
        } else {
            *list = kept;
        }
        self.count -= out.len();
        let mut lost = Vec::with_capacity(out.len());
        for (n, binding) in out.iter().enumerate() {
            self.forget_flow(station, binding.flow);
            lost.push(Lost { station, contact: binding.uri.to_string(), left: left + out.len() - n - 1 });
        }
        lost
    }

    /// A connection closed.
    pub fn flow_closed(&mut self, flow: Flow) -> Vec<Lost> {
        let mut stations = self.flows.get(&flow).cloned().unwrap_or_default();
        stations.dedup();
        stations.into_iter().flat_map(|station| self.remove(station, |b| b.flow == flow)).collect()
    }

    /// Stations that have contacts.
    #[must_use]
    pub fn stations(&self) -> Vec<StationId> {
        self.stations.keys().copied().collect()
    }

    fn note_flow(&mut self, station: StationId, flow: Flow) {
        self.flows.entry(flow).or_default().push(station);
        *self.addresses.entry(flow.remote.ip()).or_default() += 1;
    }

    fn forget_flow(&mut self, station: StationId, flow: Flow) {
        if let Some(list) = self.flows.get_mut(&flow) {
            if let Some(at) = list.iter().position(|s| *s == station) {
                list.remove(at);
            }
            if list.is_empty() {
                self.flows.remove(&flow);
            }
        }
        let ip = flow.remote.ip();
        if let Some(count) = self.addresses.get_mut(&ip) {
            *count -= 1;
            if *count == 0 {
                self.addresses.remove(&ip);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sip::api::Transport;

    #[expect(clippy::disallowed_methods, reason = "some first Instant")]
    fn start() -> Instant {
        Instant::now()
    }

    fn flow(port: u16) -> Flow {
        let local = "192.0.2.1:5060".parse().unwrap();
        Flow { transport: Transport::Tcp, local, remote: ([192, 0, 2, 9], port).into() }
    }

    fn binding(user: &str, port: u16, seq: u32, expires: Instant) -> Binding {
        let uri = Uri::parse(&format!("sip:{user}@192.0.2.9:{port}")).unwrap();
        Binding { uri, flow: flow(port), expires, call_id: "c".into(), seq, user_agent: None, watch: Watch::default() }
    }

    #[test]
    fn contacts_are_refreshed_displaced_and_forgotten_without_a_trace() {
        let t0 = start();
        let at = t0 + Duration::from_secs(60);
        let ann = StationId(1);
        let mut book = Registrar::new(2, 3);
        assert_eq!(book.bind(ann, binding("a", 1, 1, at)), Bound::Fresh);
        assert_eq!(book.bind(ann, binding("a", 1, 1, at)), Bound::Stale);
        assert_eq!(book.bind(ann, binding("a", 1, 2, at)), Bound::Refreshed);
        assert_eq!(book.bind(ann, binding("a", 2, 1, at)), Bound::Fresh);
        let displaced = Lost { station: ann, contact: "sip:a@192.0.2.9:1".into(), left: 2 };
        assert_eq!(book.bind(ann, binding("a", 3, 1, at)), Bound::Displaced(displaced));
        assert_eq!(book.bind(StationId(2), binding("b", 4, 1, at)), Bound::Fresh);
        assert_eq!(book.bind(StationId(3), binding("c", 5, 1, at)), Bound::Full);
        let newest: Vec<u16> = book.contacts(ann).map(|b| b.flow.remote.port()).collect();
        assert_eq!(newest, [3, 2]);
        assert_eq!(book.station_at(flow(4)), Some(StationId(2)));
        assert_eq!(book.flow_closed(flow(3)), [Lost { station: ann, contact: "sip:a@192.0.2.9:3".into(), left: 1 }]);
        assert_eq!(book.remove(ann, |_| true).len(), 1);
        assert_eq!(book.remove(StationId(2), |_| true).len(), 1);
        assert_eq!((book.count(), book.stations.len(), book.flows.len(), book.addresses.len()), (0, 0, 0, 0));
    }
}
