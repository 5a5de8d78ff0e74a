//! Who is calling. Start at [`identify`]: one indexed read answers it; only where no number is stored whole does a second
//! one look at the last digits. It offers everybody who fits, with the reason, and never guesses: our own numbers,
//! extensions, hotlines and withheld callers are nobody. [`known`] adds what an agent must see before the answer.

use std::collections::BTreeMap;

use contract::number::{Class, Context, match_keys, normalize};
use contract::{
    AgentId, Caller, Candidate, ContactId, CustomerId, Directory, DispositionId, EpochMs, KnownCustomer, LastContact, MatchReason,
    PhoneNumber, QueueId,
};
use store::{Db, DbError, Row, Val, placeholders, vals};

use store::words::{after_digits, backwards, unjson, unword};

pub use contract::safe_guess;

/// Candidates offered at most; a switchboard may have hundreds of names behind it.
const MOST: usize = 20;
/// Last digits that must agree where a number is stored, or sent, in no valid form.
const TAIL: usize = 8;

/// The read itself; a condition on `p` follows. Public for whoever measures it.
pub const FOUND: &str = "SELECT p.point_id, p.customer_id, p.contact_id, p.e164, p.shared_line, p.bad_number, p.verified, p.is_primary, \
    CASE WHEN c.vip = 1 OR EXISTS (SELECT 1 FROM number_list_entry e WHERE e.e164 = p.e164 AND e.list_id = 1 \
        AND (e.expires_at IS NULL OR e.expires_at > $1)) THEN 1 ELSE 0 END AS vip \
    FROM contact_point p JOIN customer c ON c.customer_id = p.customer_id LEFT JOIN contact k ON k.contact_id = p.contact_id \
    WHERE c.deleted_at IS NULL AND k.deleted_at IS NULL AND";

/// Everybody who may be calling, best first; none for a caller who shows no number of the outside world.
/// # Errors
/// Only those of the database.
pub async fn identify(db: &Db, caller: &Caller, ctx: &Context<'_>, now: EpochMs) -> Result<Vec<Candidate>, DbError> {
    let Some(sought) = sought(caller, ctx) else { return Ok(Vec::new()) };
    let (number, digits) = match &sought {
        Sought::Number(number) => (Some(number), number.reveal()),
        Sought::Digits(digits) => (None, digits.as_str()),
    };
    if let Some(number) = number {
        let keys = match_keys(number);
        let sql = format!("{FOUND} p.e164 IN ({}) ORDER BY p.customer_id LIMIT 200", placeholders(2, keys.len()));
        let values = std::iter::once(Val::from(now)).chain(keys.iter().map(Val::from)).collect();
        let rows = db.query(&sql, values).await?;
        if !rows.is_empty() {
            return ranked(&rows, number);
        }
    }
    let Some(tail) = backwards(digits).and_then(|d| d.get(..TAIL).map(str::to_owned)) else { return Ok(Vec::new()) };
    // Two whole numbers that differ are two phones, whatever their tails.
    let only = if number.is_some() { "p.e164 IS NULL AND" } else { "" };
    let sql = format!("{FOUND} {only} p.backwards >= $2 AND p.backwards < $3 ORDER BY p.customer_id LIMIT 200");
    let rows = db.query(&sql, vals![now, &tail, after_digits(&tail)]).await?;
    by_tail(&rows)
}

enum Sought {
    Number(PhoneNumber),
    /// No number of any plan, but digits enough to compare.
    Digits(String),
}

fn sought(caller: &Caller, ctx: &Context<'_>) -> Option<Sought> {
    if caller.withheld {
        return None;
    }
    if let Some(number) = &caller.number {
        return (!ctx.own.contains(number)).then(|| Sought::Number(number.clone()));
    }
    let read = normalize(&caller.raw, ctx);
    match read.class {
        _ if read.own => None,
        Class::E164(number) => Some(Sought::Number(number)),
        Class::Unreadable(_) => (read.raw_digits.len() >= TAIL).then_some(Sought::Digits(read.raw_digits)),
        Class::Internal | Class::Short | Class::Withheld => None,
    }
}

struct Found {
    candidate: Candidate,
    shared: bool,
    bad: bool,
    trust: u8,
}

fn found(row: &Row, reason: MatchReason) -> Result<Found, DbError> {
    let (verified, primary): (bool, bool) = (row.get("verified")?, row.get("is_primary")?);
    Ok(Found {
        candidate: Candidate {
            customer: row.get("customer_id")?,
            contact: row.get("contact_id")?,
            point: row.get("point_id")?,
            reason,
            confidence: 0,
            vip: row.get("vip")?,
        },
        shared: row.get("shared_line")?,
        bad: row.get("bad_number")?,
        trust: u8::from(verified) * 3 + u8::from(primary),
    })
}

fn ranked(rows: &[Row], number: &PhoneNumber) -> Result<Vec<Candidate>, DbError> {
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let same = row.get::<Option<String>>("e164")?.as_deref() == Some(number.reveal());
        all.push(found(row, if same { MatchReason::Exact } else { MatchReason::Equivalent })?);
    }
    let customers = distinct(&all);
    for one in &mut all {
        let sure: u8 = match one.candidate.reason {
            MatchReason::Exact => 95,
            _ => 85,
        };
        one.candidate.confidence = match () {
            () if one.bad => 20,
            () if one.shared => 50,
            // Stored at several customers and marked at none: somebody settles it in one click, we do not.
            () if customers > 1 => 60 + one.trust,
            () => sure + one.trust,
        };
        if one.shared {
            one.candidate.reason = MatchReason::SharedLine;
        }
    }
    Ok(best(all))
}

fn by_tail(rows: &[Row]) -> Result<Vec<Candidate>, DbError> {
    let mut all = rows.iter().map(|row| found(row, MatchReason::Tail)).collect::<Result<Vec<_>, _>>()?;
    let customers = distinct(&all);
    for one in &mut all {
        one.candidate.confidence = if customers > 1 || one.bad { 15 } else { 40 };
    }
    Ok(best(all))
}

fn distinct(all: &[Found]) -> usize {
    let mut ids: Vec<CustomerId> = all.iter().map(|f| f.candidate.customer).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.len()
}

/// One line per customer and contact, surest first; ties to the oldest customer.
fn best(all: Vec<Found>) -> Vec<Candidate> {
    let mut lines: BTreeMap<(CustomerId, Option<ContactId>), Candidate> = BTreeMap::new();
    for one in all {
        let key = (one.candidate.customer, one.candidate.contact);
        let kept = lines.entry(key).or_insert_with(|| one.candidate.clone());
        if one.candidate.confidence > kept.confidence {
            *kept = one.candidate;
        }
    }
    let mut lines: Vec<Candidate> = lines.into_values().collect();
    lines.sort_by_key(|c| (std::cmp::Reverse(c.confidence), c.customer, c.contact));
    lines.truncate(MOST);
    lines
}

/// Names that live in another room.
pub trait Names: Sync {
    fn agent(&self, id: AgentId) -> Option<String>;
    fn queue(&self, id: QueueId) -> Option<String>;
    fn disposition(&self, id: DispositionId) -> Option<String>;
}

/// Dispositions are not in it.
impl Names for Directory {
    fn agent(&self, id: AgentId) -> Option<String> {
        self.agents.get(&id).map(|a| a.name.clone())
    }
    fn queue(&self, id: QueueId) -> Option<String> {
        self.queues.get(&id).map(|q| q.name.clone())
    }
    fn disposition(&self, _: DispositionId) -> Option<String> {
        None
    }
}

/// The candidates with what the card shows: names, level, the last five contacts. Candidates whose customer is gone fall away.
/// # Errors
/// Only those of the database.
pub async fn known(db: &Db, candidates: &[Candidate], names: &impl Names) -> Result<Vec<KnownCustomer>, DbError> {
    let mut all = Vec::with_capacity(candidates.len());
    let mut contacts: BTreeMap<CustomerId, Vec<LastContact>> = BTreeMap::new();
    let sql = "SELECT c.kind, c.name, c.level, c.vip, k.name AS contact_name FROM customer c \
        LEFT JOIN contact k ON k.contact_id = $2 AND k.customer_id = c.customer_id WHERE c.customer_id = $1";
    for one in candidates.iter().take(MOST) {
        let Some(row) = db.query_opt(sql, vals![one.customer, one.contact]).await? else { continue };
        let last_contacts = match contacts.get(&one.customer) {
            Some(seen) => seen.clone(),
            None => last_contacts(db, one.customer, names).await?,
        };
        contacts.insert(one.customer, last_contacts.clone());
        all.push(KnownCustomer {
            customer: one.customer,
            contact: one.contact,
            name: row.get("name")?,
            contact_name: row.get("contact_name")?,
            level: row.get("level")?,
            vip: one.vip || row.get::<bool>("vip")?,
            reason: one.reason,
            confidence: one.confidence,
            last_contacts,
            // No desk with open work exists yet; the timeline's rooms will count theirs here.
            open_items: 0,
        });
    }
    Ok(all)
}

/// The last five interactions of a customer that are over, newest first.
/// # Errors
/// Only those of the database.
pub async fn last_contacts(db: &Db, customer: CustomerId, names: &impl Names) -> Result<Vec<LastContact>, DbError> {
    let sql = "SELECT i.interaction_id, i.began, i.direction, i.agents, i.queues, i.cause, n.notes, n.dispositions FROM interaction i \
        LEFT JOIN interaction_note n ON n.interaction_id = i.interaction_id \
            AND n.at = (SELECT MAX(m.at) FROM interaction_note m WHERE m.interaction_id = i.interaction_id) \
        WHERE i.customer_id = $1 AND i.ended IS NOT NULL ORDER BY i.began DESC, i.interaction_id DESC LIMIT 10";
    let mut all: Vec<LastContact> = Vec::with_capacity(5);
    for row in db.query(sql, vals![customer]).await? {
        let (agents, queues): (String, String) = (row.get("agents")?, row.get("queues")?);
        let dispositions: Option<String> = row.get("dispositions")?;
        let dispositions: Vec<DispositionId> = dispositions.map(|d| unjson(&d)).transpose()?.unwrap_or_default();
        let interaction = row.get("interaction_id")?;
        // Two agents may have saved in the same millisecond: one line all the same.
        if all.last().is_some_and(|l| l.interaction == interaction) || all.len() == 5 {
            continue;
        }
        all.push(LastContact {
            interaction,
            at: row.get("began")?,
            direction: unword(row.get("direction")?)?,
            agent: unjson::<Vec<AgentId>>(&agents)?.last().and_then(|a| names.agent(*a)),
            queue: unjson::<Vec<QueueId>>(&queues)?.last().and_then(|q| names.queue(*q)),
            cause: row.get::<Option<String>>("cause")?.map(unword).transpose()?,
            disposition: dispositions.first().and_then(|d| names.disposition(*d)),
            notes: row.get::<Option<String>>("notes")?.filter(|n| !n.is_empty()),
        });
    }
    Ok(all)
}
