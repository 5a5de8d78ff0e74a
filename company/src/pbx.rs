//! A PBX beside us: what an administrator sets, and the rules it is under.

use contract::{PbxId, QueueId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::book::Book;
use crate::items::Station;
use crate::edit::FieldFault;
use crate::rules::{Checked, Faults, named};

/// What a PBX speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PbxKind {
    /// The manager interface (AMI) of Asterisk, FreePBX, Issabel and others.
    #[default]
    Asterisk,
    /// The event socket (ESL) of FreeSWITCH and FusionPBX.
    FreeSwitch,
}

/// It routes and carries the audio of its calls; we see what happens there and steer it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pbx {
    pub name: String,
    pub speaks: PbxKind,
    /// `host:port`: 5038 (5039 over TLS) for Asterisk, 8021 for FreeSWITCH.
    pub address: String,
    #[serde(default)]
    pub tls: bool,
    /// The name in its certificate; empty: the host of the address.
    #[schema(required = true)]
    #[serde(default)]
    pub certificate_name: String,
    /// Of its manager interface; empty for FreeSWITCH, which knows only a password.
    #[schema(required = true)]
    #[serde(default)]
    pub user: String,
    /// Only ever sent in; left out, the old one stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub sealed: Option<String>,
    /// Its queues that are ours too: their calls count there. Calls of others are calls without a queue.
    #[serde(default)]
    pub queues: Vec<PbxQueue>,
    /// Where in its dialplan the numbers begin that are dialed and transferred to.
    pub context: String,
    /// The folder of its recordings as it names it: `/var/spool/asterisk/monitor`.
    #[schema(required = true)]
    #[serde(default)]
    pub recorded_in: String,
    /// The same folder as we reach it: a path, or an `http(s)://` address; empty: recordings stay there.
    #[schema(required = true)]
    #[serde(default)]
    pub recordings: String,
    /// Connected to only while active.
    pub active: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PbxQueue {
    /// As the PBX names it.
    pub name: String,
    #[schema(value_type = String)]
    pub queue: QueueId,
    /// What is dialed there to reach it; empty: nothing is sent there.
    #[schema(required = true)]
    #[serde(default)]
    pub dialed: String,
}

impl Pbx {
    /// Whom the certificate must name.
    #[must_use]
    pub fn domain(&self) -> &str {
        let host = self.address.rsplit_once(':').map_or(self.address.as_str(), |(host, _)| host);
        if self.certificate_name.is_empty() { host.trim_matches(['[', ']']) } else { &self.certificate_name }
    }
}

/// Most queues of one PBX.
const MOST_QUEUES: usize = 500;

impl Checked for Pbx {
    fn check(&self, _: Self::Id, book: &Book) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        faults.text("name", &self.name, 60);
        let port = self.address.rsplit_once(':').filter(|(host, _)| !host.is_empty()).and_then(|(_, port)| port.parse::<u16>().ok());
        faults.optional("address", &self.address, 260);
        if port.is_none_or(|port| port == 0) {
            faults.add("address", "format", "must be a host and a port, as in 192.0.2.20:5038");
        }
        faults.optional("certificateName", &self.certificate_name, 255);
        if self.speaks == PbxKind::Asterisk {
            faults.text("user", &self.user, 80);
        } else {
            faults.optional("user", &self.user, 80);
        }
        if self.sealed.is_none() {
            faults.add("password", "required", "a PBX lets nobody in without a password");
        }
        faults.text("context", &self.context, 80);
        faults.optional("recordedIn", &self.recorded_in, 400);
        faults.optional("recordings", &self.recordings, 400);
        let web = self.recordings.starts_with("http://") || self.recordings.starts_with("https://");
        if !self.recordings.is_empty() && !web && !self.recordings.starts_with('/') {
            faults.add("recordings", "format", "must be a path from the root, as in /mnt/monitor, or begin with http:// or https://");
        }
        if !self.recordings.is_empty() && self.recorded_in.is_empty() {
            faults.add("recordedIn", "required", "say which folder of the PBX is reached there");
        }
        if self.queues.len() > MOST_QUEUES {
            faults.add("queues", "range", "may have at most 500 entries");
        }
        for (at, queue) in self.queues.iter().enumerate() {
            faults.text(&format!("queues[{at}].name"), &queue.name, 80);
            faults.known(format!("queues[{at}].queue"), book.queues.contains_key(&queue.queue), "queue");
            let dialable = |c: char| c.is_ascii_alphanumeric() || "*#+-_.".contains(c);
            if queue.dialed.len() > 40 || !queue.dialed.chars().all(dialable) {
                faults.add(format!("queues[{at}].dialed"), "format", "may have letters, digits and * # + - _ . only, at most 40");
            }
            if self.queues[..at].iter().any(|other| other.name == queue.name) {
                faults.add(format!("queues[{at}].name"), "unique", "is already in the list");
            }
        }
        faults.0
    }

    fn users(&self, id: PbxId, book: &Book) -> Vec<String> {
        named(&book.stations, "station", |station: &Station| station.pbx == Some(id))
    }
}
