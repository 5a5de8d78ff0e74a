//! What SIP must know of the company: who may call and register, and where calls go out.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use contract::directory::{DigestBy, IdentityBy, Secret, ShownCaller};
use contract::{Directory, StationId, TrunkId};

use super::{Source, Transport};

/// A trunk as signalling sees it.
#[derive(Debug, Clone)]
pub struct SipTrunk {
    pub id: TrunkId,
    /// For the log.
    pub name: String,
    pub from: Vec<(IpAddr, u8)>,
    pub digest: Option<(String, Secret)>,
    /// We register with the digest account at the first of `to` that takes it.
    pub register: bool,
    /// Domain of the account; empty: the address called.
    pub domain: String,
    pub to: Vec<SocketAddr>,
    pub transport: Transport,
    /// How often each of `to` is asked whether it lives; zero: never.
    pub probe: Duration,
    pub trusted: bool,
    /// 0: no limit.
    pub max_calls: u32,
    pub identity: IdentityBy,
    /// Calls out show nobody's number.
    pub private: bool,
}

impl SipTrunk {
    /// A trunk over UDP that takes calls from nowhere and sends none.
    #[must_use]
    pub fn new(id: TrunkId) -> Self {
        Self {
            id,
            name: String::new(),
            from: Vec::new(),
            digest: None,
            register: false,
            domain: String::new(),
            to: Vec::new(),
            transport: Transport::Udp,
            probe: Duration::ZERO,
            trusted: false,
            max_calls: 0,
            identity: IdentityBy::From,
            private: false,
        }
    }

    /// The user we register there; none: we do not.
    #[must_use]
    pub fn registers_as(&self) -> Option<&str> {
        self.digest.as_ref().filter(|_| self.register && !self.to.is_empty()).map(|(user, _)| user.as_str())
    }
}

/// A station as signalling sees it.
#[derive(Debug, Clone)]
pub struct SipStation {
    pub id: StationId,
    pub username: String,
    pub password: Secret,
    pub digest: DigestBy,
}

/// A view of [`contract::Directory`], indexed for the questions of a UAS.
#[derive(Debug, Clone, Default)]
pub struct SipDirectory {
    pub version: u64,
    trunks: HashMap<TrunkId, SipTrunk>,
    stations: HashMap<StationId, SipStation>,
    /// Longest prefix first; ties to the lowest id.
    sources: Vec<(IpAddr, u8, TrunkId)>,
    users: HashMap<String, Source>,
    /// What each of the users is asked with.
    asked: Vec<DigestBy>,
    /// Where trunks are called at.
    called: HashSet<IpAddr>,
}

impl From<&Directory> for SipDirectory {
    fn from(directory: &Directory) -> Self {
        let trunks = directory.trunks.values().map(|t| SipTrunk {
            id: t.id,
            name: t.name.clone(),
            from: t.from.clone(),
            digest: t.digest.clone(),
            register: t.register,
            domain: t.domain.clone(),
            to: t.to.clone(),
            transport: t.transport.into(),
            probe: Duration::from_secs(t.probe_seconds.into()),
            trusted: t.trusted,
            max_calls: t.max_calls,
            identity: t.identity,
            private: t.shown == ShownCaller::Nobody,
        });
        let registering = directory.stations.values().filter(|s| s.number.is_empty());
        let stations = registering.map(|s| SipStation {
            id: s.id,
            username: s.username.clone(),
            password: s.password.clone(),
            digest: s.digest,
        });
        Self::new(directory.version, trunks, stations)
    }
}

impl SipDirectory {
    #[must_use]
    pub fn new(
        version: u64,
        trunks: impl IntoIterator<Item = SipTrunk>,
        stations: impl IntoIterator<Item = SipStation>,
    ) -> Self {
        let trunks: HashMap<_, _> = trunks.into_iter().map(|t| (t.id, t)).collect();
        let stations: HashMap<_, _> = stations.into_iter().map(|s| (s.id, s)).collect();
        // Where we are registered calls come from.
        let registrars = |t: &SipTrunk| if t.registers_as().is_some() { t.to.clone() } else { Vec::new() };
        let ranges = |t: &SipTrunk| -> Vec<_> {
            let hosts = registrars(t).into_iter().map(|to| host(to.ip()));
            t.from.iter().copied().chain(hosts).map(|(ip, bits)| (ip.to_canonical(), bits, t.id)).collect()
        };
        let mut sources: Vec<_> = trunks.values().flat_map(ranges).collect();
        sources.sort_by_key(|(ip, bits, id)| (std::cmp::Reverse(*bits), *id, *ip));
        let mut users = HashMap::new();
        for trunk in trunks.values() {
            if let Some((user, _)) = &trunk.digest {
                users.insert(user.clone(), Source::Trunk(trunk.id));
            }
        }
        for station in stations.values() {
            users.insert(station.username.clone(), Source::Station(station.id));
        }
        let called = trunks.values().flat_map(|t| t.to.iter().map(|to| to.ip().to_canonical())).collect();
        let mut made = Self { version, trunks, stations, sources, users, asked: Vec::new(), called };
        let names: std::collections::BTreeSet<&String> = made.users.keys().collect();
        made.asked = names.into_iter().map(|name| made.digest_of(name)).collect();
        made
    }

    #[must_use]
    pub fn trunk(&self, id: TrunkId) -> Option<&SipTrunk> {
        self.trunks.get(&id)
    }

    pub fn trunks(&self) -> impl Iterator<Item = &SipTrunk> {
        self.trunks.values()
    }

    #[must_use]
    pub fn station(&self, id: StationId) -> Option<&SipStation> {
        self.stations.get(&id)
    }

    /// The trunk whose address ranges hold `ip`, the narrowest range first.
    #[must_use]
    pub fn trunk_at(&self, ip: IpAddr) -> Option<&SipTrunk> {
        let ip = ip.to_canonical();
        self.sources.iter().find(|(net, bits, _)| within(ip, *net, *bits)).and_then(|(_, _, id)| self.trunks.get(id))
    }

    /// The trunk whose call from `ip` this is, `user` being the one called: several accounts at one carrier are told apart by
    /// the contact that each registered.
    #[must_use]
    pub fn trunk_for(&self, ip: IpAddr, user: &str) -> Option<&SipTrunk> {
        let ip = ip.to_canonical();
        let called = |t: &&SipTrunk| t.registers_as() == Some(user) && t.to.iter().any(|to| to.ip().to_canonical() == ip);
        self.trunks.values().find(called).or_else(|| self.trunk_at(ip))
    }

    /// Addresses called over TLS, and the domain that the certificate there must be for; the address itself where it names
    /// none.
    pub fn tls_names(&self) -> impl Iterator<Item = (SocketAddr, &str)> {
        let over_tls = self.trunks.values().filter(|t| t.transport == Transport::Tls && !t.domain.is_empty());
        over_tls.flat_map(|t| t.to.iter().map(|to| (*to, t.domain.as_str())))
    }

    /// A trunk calls from there, or is called there.
    #[must_use]
    pub fn trunk_lives_at(&self, ip: IpAddr) -> bool {
        self.called.contains(&ip.to_canonical()) || self.trunk_at(ip).is_some()
    }

    /// Whose digest user name this is, and the password.
    #[must_use]
    pub fn account(&self, username: &str) -> Option<(Source, &Secret)> {
        let source = *self.users.get(username)?;
        let secret = match source {
            Source::Station(id) => &self.stations.get(&id)?.password,
            Source::Trunk(id) => &self.trunks.get(&id)?.digest.as_ref()?.1,
        };
        Some((source, secret))
    }

    /// What this user is asked to prove a password with. Nobody is asked as one of the others, chosen by `like`.
    #[must_use]
    pub fn asked(&self, username: &str, like: u64) -> DigestBy {
        if self.users.contains_key(username) || self.asked.is_empty() {
            return self.digest_of(username);
        }
        usize::try_from(like % self.asked.len() as u64).ok().and_then(|n| self.asked.get(n).copied()).unwrap_or_default()
    }

    /// What the password of this user may be proved with.
    #[must_use]
    pub fn digest_of(&self, username: &str) -> DigestBy {
        match self.users.get(username) {
            Some(Source::Station(id)) => self.stations.get(id).map_or(DigestBy::Both, |s| s.digest),
            Some(Source::Trunk(_)) | None => DigestBy::Both,
        }
    }

    /// Some trunk may call from anywhere with its digest, so strangers are challenged instead of refused.
    #[must_use]
    pub fn has_digest_trunks(&self) -> bool {
        self.trunks.values().any(|t| t.digest.is_some())
    }
}

/// One host as a range.
fn host(ip: IpAddr) -> (IpAddr, u8) {
    (ip.to_canonical(), if ip.to_canonical().is_ipv4() { 32 } else { 128 })
}

/// `ip` lies in `net/bits`; addresses of different families never match.
fn within(ip: IpAddr, net: IpAddr, bits: u8) -> bool {
    match (ip, net) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0);
            (u32::from(a) & mask) == (u32::from(b) & mask)
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0);
            (u128::from(a) & mask) == (u128::from(b) & mask)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_belongs_to_the_narrowest_range() {
        let trunk = |id, from: &[(&str, u8)]| SipTrunk {
            from: from.iter().map(|(ip, bits)| (ip.parse().unwrap(), *bits)).collect(),
            ..SipTrunk::new(TrunkId(id))
        };
        let directory = SipDirectory::new(
            1,
            [trunk(1, &[("10.0.0.0", 8)]), trunk(2, &[("10.1.2.3", 32), ("2001:db8::", 32)]), trunk(3, &[("0.0.0.0", 0)])],
            [],
        );
        for (ip, want) in [
            ("10.9.9.9", Some(1)),
            ("10.1.2.3", Some(2)),
            ("::ffff:10.1.2.3", Some(2)),
            ("8.8.8.8", Some(3)),
            ("2001:db8:5::1", Some(2)),
            ("2001:db9::1", None),
        ] {
            assert_eq!(directory.trunk_at(ip.parse().unwrap()).map(|t| t.id.0), want, "{ip}");
        }
    }

    #[test]
    fn calls_come_from_where_we_are_registered_and_belong_to_the_account_that_is_called() {
        let account = |id, user: &str, register| SipTrunk {
            digest: Some((user.into(), Secret("pw".into()))),
            register,
            to: vec!["192.0.2.1:5060".parse().unwrap()],
            ..SipTrunk::new(TrunkId(id))
        };
        let directory = SipDirectory::new(1, [account(1, "one", true), account(2, "two", true)], []);
        for (ip, user, want) in [
            ("192.0.2.1", "two", Some(2)),
            ("192.0.2.1", "one", Some(1)),
            ("192.0.2.1", "95500", Some(1)),
            ("192.0.2.2", "two", None),
        ] {
            assert_eq!(directory.trunk_for(ip.parse().unwrap(), user).map(|t| t.id.0), want, "{ip} {user}");
        }
        let directory = SipDirectory::new(1, [account(1, "one", false)], []);
        assert!(directory.trunk_for("192.0.2.1".parse().unwrap(), "one").is_none(), "who does not register is not called");
    }
}
