//! What an agent and those who supervise write to each other: one line per agent, kept for [`KEPT_MS`].

use contract::{AgentId, EpochMs, RowId};
use store::page::{Page, PageAsk, cursor, page};
use store::{Db, DbError, Row, Tx, vals};

use crate::edit::{FieldFault, HistoryError};

/// Characters of one message.
pub const LONGEST: usize = 1_000;
/// Messages one person may write in [`SPELL_MS`].
pub const MOST_IN_A_SPELL: i64 = 30;
pub const SPELL_MS: EpochMs = 60_000;
pub const KEPT_MS: EpochMs = 30 * 24 * 3_600_000;
/// Lines shown at once.
const MOST_LINES: i64 = 500;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub id: RowId,
    /// Whose line it is.
    pub line: AgentId,
    pub author: AgentId,
    pub at: EpochMs,
    pub text: String,
}

/// A line with its newest message, and how many the reader has not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub newest: Message,
    pub unread: u32,
}

const COLUMNS: &str = "message_id, agent_id, author, at, text";

fn read(row: &Row) -> Result<Message, DbError> {
    Ok(Message {
        id: row.get("message_id")?,
        line: row.get("agent_id")?,
        author: row.get("author")?,
        at: row.get("at")?,
        text: row.get("text")?,
    })
}

/// A text as it may be written: trimmed, without control characters but line breaks.
/// # Errors
/// Which rule it breaks.
pub fn checked(text: &str) -> Result<String, FieldFault> {
    let text = text.trim().replace("\r\n", "\n");
    let fault = |rule: &'static str, message: String| FieldFault { field: "text".into(), rule, message };
    match text.chars().count() {
        0 => Err(fault("required", "must not be empty".into())),
        n if n > LONGEST => Err(fault("range", format!("may have at most {LONGEST} characters"))),
        _ if text.chars().any(|c| c.is_control() && c != '\n') => {
            Err(fault("format", "must not have control characters".into()))
        }
        _ => Ok(text),
    }
}

/// Whether `author` has written as much lately as may be.
/// # Errors
/// Only those of the database.
pub async fn too_many(db: &Db, author: AgentId, now: EpochMs) -> Result<bool, DbError> {
    let sql = "SELECT COUNT(*) AS n FROM desk_message WHERE author = $1 AND at > $2";
    let row = db.query_opt(sql, vals![author, now - SPELL_MS]).await?;
    Ok(row.map(|row| row.get::<i64>("n")).transpose()?.unwrap_or(0) >= MOST_IN_A_SPELL)
}

/// Keeps a message, whose text was [`checked`]; its author has read the line so far.
/// # Errors
/// Only those of the database.
pub async fn write(tx: &mut Tx<'_>, message: &Message) -> Result<(), DbError> {
    let sql = "INSERT INTO desk_message (message_id, agent_id, author, at, text) VALUES ($1, $2, $3, $4, $5)";
    let Message { id, line, author, at, text } = message;
    tx.execute(sql, vals![*id, *line, *author, *at, text.clone()]).await?;
    seen(tx, *line, *author, *id).await
}

/// `reader` has seen a line up to this message.
/// # Errors
/// Only those of the database.
pub async fn seen(tx: &mut Tx<'_>, line: AgentId, reader: AgentId, up_to: RowId) -> Result<(), DbError> {
    let sql = "INSERT INTO desk_message_seen (agent_id, reader, up_to) VALUES ($1, $2, $3) \
        ON CONFLICT (agent_id, reader) DO UPDATE SET up_to = excluded.up_to WHERE desk_message_seen.up_to < excluded.up_to";
    tx.execute(sql, vals![line, reader, up_to]).await.map(drop)
}

/// One line, the newest first.
/// # Errors
/// [`HistoryError`] for a cursor that is none; those of the database.
pub async fn list(db: &Db, line: AgentId, ask: &PageAsk) -> Result<Page<Message>, HistoryError> {
    let (_, id) = ask.after()?.unwrap_or((0, i64::MAX));
    let sql = format!("SELECT {COLUMNS} FROM desk_message WHERE agent_id = $1 AND message_id < $2 ORDER BY message_id DESC LIMIT $3");
    let rows = db.query(&sql, vals![line, id, ask.size() + 1]).await?;
    Ok(page(rows, ask.size(), read, |message| cursor(0, message.id.0))?)
}

/// All lines that have messages, the last written to first.
/// # Errors
/// Only those of the database.
pub async fn lines(db: &Db, reader: AgentId) -> Result<Vec<Line>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS}, (SELECT COUNT(*) FROM desk_message u WHERE u.agent_id = m.agent_id AND u.author <> $1 \
           AND u.message_id > COALESCE((SELECT s.up_to FROM desk_message_seen s WHERE s.agent_id = m.agent_id AND s.reader = $1), 0)) AS unread \
         FROM desk_message m WHERE message_id = (SELECT MAX(n.message_id) FROM desk_message n WHERE n.agent_id = m.agent_id) \
         ORDER BY message_id DESC LIMIT $2"
    );
    let rows = db.query(&sql, vals![reader, MOST_LINES]).await?;
    let line = |row: &Row| Ok(Line { newest: read(row)?, unread: u32::try_from(row.get::<i64>("unread")?).unwrap_or(u32::MAX) });
    rows.iter().map(line).collect()
}

/// Forgets what was written before. How many.
/// # Errors
/// Only those of the database.
pub async fn sweep(tx: &mut Tx<'_>, before: EpochMs) -> Result<u64, DbError> {
    tx.execute("DELETE FROM desk_message WHERE at < $1", vals![before]).await
}
