//! Recordings as rows: found by time, customer, number, agent and queue, newest first, by cursor. Start at [`list`].

use std::collections::BTreeMap;

use contract::number::match_keys;
use contract::{AgentId, CustomerId, EpochMs, InteractionId, PhoneNumber, QueueId, RecordingId, RecordingKind};
use serde::{Deserialize, Serialize};
use store::page::{BadCursor, Page, PageAsk, cursor, page};
use store::words::{after_digits, backwards, unjson, unword, word};
use store::{Db, DbError, Row, Tx, Val, placeholders, vals};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// Being written.
    Recording,
    Done,
    /// It ended without a byte that could be saved.
    Lost,
}

/// Something that happened to a recording on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Remark {
    /// An agent paused it; silence stands in the file.
    Paused {
        at: EpochMs,
        agent: AgentId,
        reason: String,
    },
    Resumed {
        at: EpochMs,
        agent: AgentId,
    },
    /// Audio is missing, and why.
    Gap {
        at: EpochMs,
        ms: u32,
        reason: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recording {
    pub recording: RecordingId,
    pub interaction: InteractionId,
    pub kind: RecordingKind,
    pub agent: Option<AgentId>,
    pub queue: Option<QueueId>,
    pub customer: Option<CustomerId>,
    /// As the network sent it; empty where withheld.
    pub caller: String,
    pub number: Option<PhoneNumber>,
    pub began: EpochMs,
    pub duration_ms: u32,
    pub bytes: u64,
    /// Below the recordings folder.
    #[serde(skip)]
    pub path: String,
    pub state: RecordingState,
    /// Every moment between beginning and end is in the file.
    pub complete: bool,
    pub gap_ms: u32,
    pub remarks: Vec<Remark>,
}

pub(crate) const COLUMNS: &str = "r.recording_id, r.interaction_id, r.kind, r.agent_id, r.queue_id, r.customer_id, r.caller, r.e164, r.began, \
    r.duration_ms, r.bytes, r.path, r.state, r.complete, r.gap_ms, r.notes";

#[derive(Debug, Clone)]
pub enum NumberFilter {
    Exact(PhoneNumber),
    /// Last digits.
    Tail(String),
}

/// All that are given must hold.
#[derive(Debug, Clone, Default)]
pub struct RecordingFilter {
    pub from: Option<EpochMs>,
    pub to: Option<EpochMs>,
    pub interaction: Option<InteractionId>,
    pub customer: Option<CustomerId>,
    pub number: Option<NumberFilter>,
    pub agent: Option<AgentId>,
    /// One of these agents', or nobody's (voicemail).
    pub team: Option<Vec<AgentId>>,
    pub queue: Option<QueueId>,
    pub kind: Option<RecordingKind>,
}

#[derive(Debug, thiserror::Error)]
pub enum ListError {
    #[error("number: has no digits")]
    NoDigits,
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    #[error("the recordings' rows failed")]
    Db(#[from] DbError),
}

/// Fewer last digits are those of so many that the list is read in its order and the others are passed over.
const FEW_DIGITS: usize = 4;
/// Agents whose recordings are read each in their order. Of more, recordings are so many that the whole list is walked.
const MOST_MERGED: usize = 100;

#[derive(Default)]
struct Wheres {
    parts: Vec<String>,
    values: Vec<Val>,
}

impl Wheres {
    /// `condition` with `?` for the value.
    fn add(&mut self, condition: &str, value: Option<impl Into<Val>>) {
        if let Some(value) = value {
            self.values.push(value.into());
            self.parts.push(condition.replace('?', &format!("${}", self.values.len())));
        }
    }
}

/// One page, newest first.
/// # Errors
/// [`ListError::NoDigits`], [`ListError::Cursor`]; those of the database.
pub async fn list(db: &Db, filter: &RecordingFilter, ask: &PageAsk) -> Result<Page<Recording>, ListError> {
    let (sql, values) = statement(filter, ask)?;
    let rows = db.query(&sql, values).await?;
    Ok(page(rows, ask.size(), read, |r| cursor(r.began, r.recording.0))?)
}

fn statement(filter: &RecordingFilter, ask: &PageAsk) -> Result<(String, Vec<Val>), ListError> {
    let mut w = Wheres::default();
    w.add("r.interaction_id = ?", filter.interaction);
    w.add("r.customer_id = ?", filter.customer);
    w.add("r.agent_id = ?", filter.agent);
    w.add("r.queue_id = ?", filter.queue);
    w.add("r.kind = ?", filter.kind.as_ref().map(word));
    match &filter.number {
        None => {}
        Some(NumberFilter::Exact(number)) => {
            let keys = match_keys(number);
            let places = placeholders(w.values.len() + 1, keys.len());
            w.values.extend(keys.iter().map(Val::from));
            w.parts.push(format!("r.recording_id IN (SELECT recording_id FROM recording WHERE e164 IN ({places}))"));
        }
        Some(NumberFilter::Tail(tail)) => {
            let tail = backwards(tail).ok_or(ListError::NoDigits)?;
            w.values.extend(vals![&tail, after_digits(&tail)]);
            let n = w.values.len();
            w.parts.push(if tail.len() < FEW_DIGITS {
                format!("r.backwards || '' >= ${} AND r.backwards || '' < ${n}", n - 1)
            } else {
                let range = format!("backwards >= ${} AND backwards < ${n}", n - 1);
                format!("r.recording_id IN (SELECT recording_id FROM recording WHERE {range})")
            });
        }
    }
    w.add("r.began >= ?", filter.from);
    w.add("r.began < ?", filter.to);
    if let Some((began, id)) = ask.after()? {
        w.values.extend(vals![began, id]);
        let n = w.values.len();
        w.parts.push(format!("(r.began, r.recording_id) < (${}, ${n})", n - 1));
    }
    let few = filter.interaction.is_some() || filter.customer.is_some() || filter.agent.is_some() || filter.number.is_some();
    let sql = match &filter.team {
        Some(team) if !few && team.len() <= MOST_MERGED => merged(&mut w, team, ask),
        Some(team) => {
            let nobody = String::from("r.agent_id IS NULL");
            let places = placeholders(w.values.len() + 1, team.len());
            w.values.extend(team.iter().map(|agent| Val::from(*agent)));
            // `+ 0`: what leads to few rows, or their order, is to be the other conditions' index.
            w.parts.push(if team.is_empty() { nobody } else { format!("({nobody} OR r.agent_id + 0 IN ({places}))") });
            ordered(&w, "", ask)
        }
        None => ordered(&w, "", ask),
    };
    Ok((sql, w.values))
}

/// The newest that fit.
fn ordered(w: &Wheres, more: &str, ask: &PageAsk) -> String {
    let all: Vec<&str> = w.parts.iter().map(String::as_str).chain((!more.is_empty()).then_some(more)).collect();
    let wheres = if all.is_empty() { String::new() } else { format!("WHERE {}", all.join(" AND ")) };
    let limit = ask.size() + 1;
    format!("SELECT {COLUMNS} FROM recording r {wheres} ORDER BY r.began DESC, r.recording_id DESC LIMIT {limit}")
}

/// A page of each agent's and of nobody's, each read in its order from its index, and of these the newest: however few they
/// are among all recordings, no others are read.
fn merged(w: &mut Wheres, team: &[AgentId], ask: &PageAsk) -> String {
    let mut parts = vec![ordered(w, "r.agent_id IS NULL", ask)];
    for agent in team {
        w.values.push((*agent).into());
        parts.push(ordered(w, &format!("r.agent_id = ${}", w.values.len()), ask));
    }
    let parts: Vec<String> = parts.iter().zip(1..).map(|(part, n)| format!("SELECT * FROM ({part}) AS part{n}")).collect();
    let limit = ask.size() + 1;
    format!("SELECT * FROM ({}) AS r ORDER BY r.began DESC, r.recording_id DESC LIMIT {limit}", parts.join(" UNION ALL "))
}

/// # Errors
/// Only those of the database.
pub async fn get(db: &Db, id: RecordingId) -> Result<Option<Recording>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM recording r WHERE r.recording_id = $1");
    db.query_opt(&sql, vals![id]).await?.map(|row| read(&row)).transpose()
}

/// Of one interaction, in order.
/// # Errors
/// Only those of the database.
pub async fn of(db: &Db, interaction: InteractionId) -> Result<Vec<Recording>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM recording r WHERE r.interaction_id = $1 ORDER BY r.began, r.recording_id LIMIT 1000");
    db.query(&sql, vals![interaction]).await?.iter().map(read).collect()
}

/// Of several interactions, each in order.
/// # Errors
/// Only those of the database.
pub async fn of_many(db: &Db, interactions: &[InteractionId]) -> Result<BTreeMap<InteractionId, Vec<Recording>>, DbError> {
    let mut all: BTreeMap<InteractionId, Vec<Recording>> = BTreeMap::new();
    for some in interactions.chunks(500) {
        let places = placeholders(1, some.len());
        let sql = format!("SELECT {COLUMNS} FROM recording r WHERE r.interaction_id IN ({places}) ORDER BY r.began, r.recording_id");
        for row in db.query(&sql, some.iter().map(|id| Val::from(*id)).collect()).await? {
            let recording = read(&row)?;
            all.entry(recording.interaction).or_default().push(recording);
        }
    }
    Ok(all)
}

/// Takes the row away and remembers that it was deleted, and why. Its file goes with [`crate::audio::delete`], after the commit;
/// who did it is the audit's business. `None`: there is no such recording.
/// # Errors
/// Only those of the database.
pub async fn delete(tx: &mut Tx<'_>, id: RecordingId, at: EpochMs, reason: &str) -> Result<Option<Recording>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM recording r WHERE r.recording_id = $1");
    let Some(row) = tx.query_opt(&sql, vals![id]).await? else { return Ok(None) };
    let gone = read(&row)?;
    let sql = "INSERT INTO recording_deleted (recording_id, interaction_id, began, duration_ms, at, reason) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT DO NOTHING";
    tx.execute(sql, vals![id, gone.interaction, gone.began, gone.duration_ms, at, reason]).await?;
    tx.execute("DELETE FROM recording WHERE recording_id = $1", vals![id]).await?;
    Ok(Some(gone))
}

pub(crate) fn read(row: &Row) -> Result<Recording, DbError> {
    let number: Option<String> = row.get("e164")?;
    Ok(Recording {
        recording: row.get("recording_id")?,
        interaction: row.get("interaction_id")?,
        kind: unword(row.get("kind")?)?,
        agent: row.get("agent_id")?,
        queue: row.get("queue_id")?,
        customer: row.get("customer_id")?,
        caller: row.get("caller")?,
        number: number.and_then(|n| PhoneNumber::from_e164(&n).ok()),
        began: row.get("began")?,
        duration_ms: row.get("duration_ms")?,
        bytes: row.get("bytes")?,
        path: row.get("path")?,
        state: unword(row.get("state")?)?,
        complete: row.get("complete")?,
        gap_ms: row.get("gap_ms")?,
        remarks: unjson(&row.get::<String>("notes")?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_filter_reads_through_an_index_and_sorts_no_table() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&store::testing::sqlite_url(folder.path())).await.unwrap();
        db.migrate(&[crate::MIGRATIONS]).await.unwrap();
        let all = RecordingFilter::default;
        for (filter, index) in [
            (all(), "recording_began"),
            (RecordingFilter { agent: Some(AgentId(1)), ..all() }, "recording_agent"),
            (RecordingFilter { team: Some((1..=200).map(AgentId).collect()), ..all() }, "recording_began"),
            (RecordingFilter { team: Some(vec![AgentId(1)]), customer: Some(CustomerId(1)), ..all() }, "recording_customer"),
            (RecordingFilter { number: Some(NumberFilter::Tail("13".into())), ..all() }, "recording_began"),
            (RecordingFilter { queue: Some(QueueId(1)), from: Some(5), ..all() }, "recording_queue"),
            (RecordingFilter { customer: Some(CustomerId(1)), ..all() }, "recording_customer"),
            (RecordingFilter { kind: Some(RecordingKind::Voicemail), ..all() }, "recording_kind"),
        ] {
            let (sql, values) = statement(&filter, &PageAsk::default()).unwrap();
            let rows = db.query(&format!("EXPLAIN QUERY PLAN {sql}"), values).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|r| r.get("detail").unwrap()).collect();
            assert!(plan[0].contains(index) && !plan.iter().any(|step| step.contains("TEMP B-TREE")), "{filter:?}: {plan:#?}");
        }
        // A team's: each agent's, and nobody's, read in their order and not sorted; only the pages that came of it are.
        let of_team = RecordingFilter { team: Some(vec![AgentId(1), AgentId(2)]), from: Some(5), ..all() };
        let (sql, values) = statement(&of_team, &PageAsk::default()).unwrap();
        let rows = db.query(&format!("EXPLAIN QUERY PLAN {sql}"), values).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|r| r.get("detail").unwrap()).collect();
        let part = |pair: &&[String]| pair[0].contains("SEARCH r USING INDEX recording_agent (agent_id=?") && pair[1].contains("SCAN part");
        assert_eq!(plan.windows(2).filter(part).count(), 3, "{plan:#?}");
        assert!(!plan.iter().any(|step| step.contains("SCAN r")), "{plan:#?}");
    }
}
