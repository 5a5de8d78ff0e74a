//! From the book to what phones, routing and flows must know.

use std::collections::{BTreeMap, HashMap, HashSet};

use contract::directory::{self as phones, Directory, FlowSource, Secret};
use contract::{PhoneNumber, SkillId};

use crate::book::Book;
use crate::items::*;
use crate::rules::read_network;
use crate::vault::Vault;

/// The directory of this book. `lists`: number lists, kept in another room. A station or trunk whose password does not
/// open is left out and named: it could not be trusted.
#[must_use]
pub fn directory(
    book: &Book,
    lists: BTreeMap<String, HashSet<PhoneNumber>>,
    vault: &Vault,
) -> (Directory, Vec<String>) {
    let mut left_out = Vec::new();
    let settings = book.settings.as_ref().map(|kept| kept.item.clone()).unwrap_or_default();
    let mut out = Directory {
        version: book.version,
        company: phones::Company {
            name: settings.name,
            zone: settings.zone,
            country: settings.country,
            area_code: settings.area_code,
            language: settings.language,
            listening_shown: settings.listening_shown,
            listening_tone: settings.listening_tone,
            browser_phones: settings.browser_phones,
            park_seconds: settings.park_seconds,
        },
        lists,
        ..Directory::default()
    };
    for (id, kept) in &book.stations {
        let unsealed = kept.item.sealed.as_deref().and_then(|sealed| vault.unseal(sealed));
        // Whoever is dialed, or rung by another, proves nothing to us.
        let proves_nothing = !kept.item.number.is_empty() || kept.item.pbx.is_some();
        match unsealed.or_else(|| proves_nothing.then(String::new)) {
            Some(password) => {
                let station = phones::Station {
                    id: *id,
                    username: kept.item.username.clone(),
                    password: Secret(password),
                    answer_by: answer_by(kept.item.answer_by),
                    digest: digest_by(kept.item.digest),
                    srtp: srtp(kept.item.srtp),
                    number: kept.item.number.clone(),
                    beside: kept.item.pbx.map(|pbx| phones::Beside { pbx, line: kept.item.line.clone() }),
                };
                out.stations.insert(*id, station);
            }
            None => left_out.push(format!("station {}", kept.item.username)),
        }
    }
    for (id, kept) in &book.trunks {
        match trunk(&kept.item, *id, vault) {
            Some(trunk) => {
                out.trunks.insert(*id, trunk);
            }
            None => left_out.push(format!("trunk {}", kept.item.name)),
        }
    }
    for (id, kept) in book.pbxs.iter().filter(|(_, kept)| kept.item.active) {
        match pbx(&kept.item, *id, vault) {
            Some(pbx) => {
                out.pbxs.insert(*id, pbx);
            }
            None => left_out.push(format!("pbx {}", kept.item.name)),
        }
    }
    out.agents = book.agents.iter().filter(|(_, kept)| kept.item.active).map(|(id, kept)| (*id, agent(&kept.item, *id))).collect();
    out.queues = book.queues.iter().map(|(id, kept)| (*id, queue(&kept.item, *id))).collect();
    out.numbers = book
        .numbers
        .values()
        .map(|kept| phones::Number { pattern: kept.item.pattern.clone(), flow: kept.item.flow.clone() })
        .collect();
    out.flows = book
        .flows
        .values()
        .map(|kept| {
            let version = u32::try_from(kept.version).unwrap_or(u32::MAX);
            (kept.item.name.clone(), FlowSource { version, yaml: kept.item.yaml.clone() })
        })
        .collect();
    out.reasons = book.reasons.iter().map(|(id, kept)| (*id, reason(&kept.item, *id))).collect();
    (out, left_out)
}

fn answer_by(by: AnswerBy) -> phones::AnswerBy {
    match by {
        AnswerBy::Phone => phones::AnswerBy::Phone,
        AnswerBy::TalkEvent => phones::AnswerBy::TalkEvent,
        AnswerBy::AutoAnswer => phones::AnswerBy::AutoAnswer,
    }
}

fn digest_by(by: DigestBy) -> phones::DigestBy {
    match by {
        DigestBy::Both => phones::DigestBy::Both,
        DigestBy::Md5 => phones::DigestBy::Md5,
        DigestBy::Sha256 => phones::DigestBy::Sha256,
    }
}

fn levels(levels: &[SkillLevel]) -> BTreeMap<SkillId, u8> {
    levels.iter().map(|l| (l.skill, l.level)).collect()
}

fn trunk(item: &Trunk, id: contract::TrunkId, vault: &Vault) -> Option<phones::Trunk> {
    let digest = match (&item.digest_user, &item.sealed) {
        (Some(user), Some(sealed)) => Some((user.clone(), Secret(vault.unseal(sealed)?))),
        (Some(_), None) => return None,
        (None, _) => None,
    };
    Some(phones::Trunk {
        id,
        name: item.name.clone(),
        from: item.from.iter().filter_map(|text| read_network(text)).collect(),
        digest,
        register: item.register,
        domain: item.domain.clone(),
        to: item.to.iter().filter_map(|to| to.parse().ok()).collect(),
        transport: match item.transport {
            Transport::Udp => phones::Transport::Udp,
            Transport::Tcp => phones::Transport::Tcp,
            Transport::Tls => phones::Transport::Tls,
        },
        srtp: srtp(item.srtp),
        probe_seconds: item.probe_seconds,
        trusted: item.trusted,
        country: item.country.clone(),
        max_calls: item.max_calls,
        caller_id: item.caller_id.clone(),
        shown: match item.shown {
            ShownCaller::Own => phones::ShownCaller::Own,
            ShownCaller::Caller => phones::ShownCaller::Caller,
            ShownCaller::Nobody => phones::ShownCaller::Nobody,
        },
        identity: match item.identity {
            IdentityBy::From => phones::IdentityBy::From,
            IdentityBy::Asserted => phones::IdentityBy::Asserted,
            IdentityBy::Preferred => phones::IdentityBy::Preferred,
        },
        prefixes: item.prefixes.clone(),
        rewrites: item.rewrites.iter().map(rewrite).collect(),
        codecs: item.codecs.iter().map(codec).collect(),
    })
}

fn pbx(item: &Pbx, id: contract::PbxId, vault: &Vault) -> Option<phones::Pbx> {
    let queues = item.queues.iter();
    Some(phones::Pbx {
        id,
        name: item.name.clone(),
        kind: match item.speaks {
            PbxKind::Asterisk => phones::PbxKind::Asterisk,
            PbxKind::FreeSwitch => phones::PbxKind::FreeSwitch,
        },
        address: item.address.clone(),
        tls: item.tls.then(|| item.domain().to_owned()),
        user: item.user.clone(),
        password: Secret(vault.unseal(item.sealed.as_deref()?)?),
        queues: queues.map(|q| phones::PbxQueue { name: q.name.clone(), queue: q.queue, dialed: q.dialed.clone() }).collect(),
        context: item.context.clone(),
        recorded_in: item.recorded_in.clone(),
        recordings: item.recordings.clone(),
    })
}

fn srtp(srtp: Srtp) -> phones::Srtp {
    match srtp {
        Srtp::Never => phones::Srtp::Never,
        Srtp::OverTls => phones::Srtp::OverTls,
        Srtp::Always => phones::Srtp::Always,
        Srtp::Required => phones::Srtp::Required,
    }
}

fn rewrite(rule: &Rewrite) -> phones::Rewrite {
    phones::Rewrite { prefix: rule.prefix.clone(), strip: rule.strip, add: rule.add.clone() }
}

fn codec(codec: &Codec) -> phones::Codec {
    match codec {
        Codec::Pcma => phones::Codec::Pcma,
        Codec::Pcmu => phones::Codec::Pcmu,
    }
}

fn agent(item: &Agent, id: contract::AgentId) -> phones::Agent {
    phones::Agent {
        id,
        name: item.name.clone(),
        team: item.team,
        skills: levels(&item.skills),
        station: item.station,
        dial_prefixes: item.dial_prefixes.clone(),
    }
}

fn overflow(then: &Overflow) -> phones::Overflow {
    match then {
        Overflow::Hangup { prompt } => phones::Overflow::Hangup(prompt.clone()),
        Overflow::Queue { queue } => phones::Overflow::Queue(*queue),
        Overflow::Voicemail => phones::Overflow::Voicemail,
        Overflow::Number { number } => phones::Overflow::Number(number.clone()),
    }
}

fn queue(item: &Queue, id: contract::QueueId) -> phones::Queue {
    let ms = |seconds: u32| seconds.saturating_mul(1_000);
    phones::Queue {
        id,
        name: item.name.clone(),
        skills: levels(&item.skills),
        ring_ms: ms(item.ring_seconds),
        max_wait_ms: ms(item.max_wait_seconds),
        at_max_wait: overflow(&item.at_max_wait),
        max_waiting: item.max_waiting,
        when_full: overflow(&item.when_full),
        wrap_up_ms: ms(item.wrap_up_seconds),
        announce_ms: ms(item.announce_seconds),
        music: item.music.clone(),
        priority: item.priority,
        age_step_ms: ms(item.age_step_seconds),
        target_ms: ms(item.target_seconds),
        short_ms: ms(item.short_seconds),
        record: item.record,
        auto_answer: item.auto_answer,
        caller_id: item.caller_id.trim().to_owned(),
        missed_not_ready: item.missed_not_ready,
        rejected_not_ready: item.rejected_not_ready,
    }
}

fn reason(item: &Reason, id: contract::ReasonId) -> phones::Reason {
    phones::Reason {
        id,
        name_zh: item.name_zh.clone(),
        name_en: item.name_en.clone(),
        target_minutes: item.target_minutes,
    }
}

/// Used where a map of names is wanted.
#[must_use]
pub fn names<T: Item>(shelf: &crate::book::Shelf<T>) -> HashMap<T::Id, String>
where
    T::Id: std::hash::Hash,
{
    shelf.iter().map(|(id, kept)| (*id, kept.item.title().to_owned())).collect()
}
