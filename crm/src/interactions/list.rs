//! The call list: filters, newest first, by cursor. Each filter drives the read through its own index; what is left over
//! narrows the rows on the way.

use contract::number::match_keys;
use contract::{AgentId, CustomerId, Direction, EndCause, EpochMs, PhoneNumber, QueueId};
use store::{Db, Val, placeholders, vals};

use super::{Call, rows};
use crate::CrmError;
use crate::customers::MIN_TAIL;
use store::page::{Page, PageAsk, cursor, page};
use store::words::{after_digits, backwards, word};

#[derive(Debug, Clone)]
pub enum NumberFilter {
    /// This number, or what rings the same phone.
    Exact(PhoneNumber),
    /// Last digits.
    Tail(String),
}

/// All that are given must hold.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    /// Began at or after.
    pub from: Option<EpochMs>,
    /// Began before.
    pub to: Option<EpochMs>,
    pub number: Option<NumberFilter>,
    /// Was offered it or talked.
    pub agent: Option<AgentId>,
    pub queue: Option<QueueId>,
    pub customer: Option<CustomerId>,
    pub direction: Option<Direction>,
    pub cause: Option<EndCause>,
    pub answered: Option<bool>,
    pub has_recording: Option<bool>,
    /// Carries this tag, as written.
    pub tag: Option<String>,
}

/// One page of the call list, newest first.
/// # Errors
/// [`CrmError::Invalid`] for a tail without digits, [`CrmError::Cursor`]; those of the database.
pub async fn list(db: &Db, filter: &CallFilter, ask: &PageAsk) -> Result<Page<Call>, CrmError> {
    let (sql, values) = statement(filter, ask)?;
    let rows = db.query(&sql, values).await?;
    Ok(page(rows, ask.size(), rows::call, |c| cursor(c.began, c.interaction.0))?)
}

#[derive(Default)]
struct Wheres {
    parts: Vec<String>,
    values: Vec<Val>,
}

impl Wheres {
    /// `condition` with `?` for the value.
    fn add(&mut self, condition: &str, value: impl Into<Val>) {
        self.values.push(value.into());
        self.parts.push(condition.replace('?', &format!("${}", self.values.len())));
    }
}

fn statement(filter: &CallFilter, ask: &PageAsk) -> Result<(String, Vec<Val>), CrmError> {
    let mut w = Wheres::default();
    // An agent's or a queue's calls are read in order from their own table; everything else from the interactions.
    let (driver, join) = match (filter.agent, filter.queue) {
        (Some(agent), _) => {
            w.add("d.kind = 'agent' AND d.party_id = ?", agent);
            ("d", "interaction_with d JOIN interaction i ON i.interaction_id = d.interaction_id")
        }
        (None, Some(queue)) => {
            w.add("d.kind = 'queue' AND d.party_id = ?", queue);
            ("d", "interaction_with d JOIN interaction i ON i.interaction_id = d.interaction_id")
        }
        (None, None) if filter.tag.is_some() => {
            w.add("d.tag = ?", filter.tag.as_deref().unwrap_or_default());
            ("d", "interaction_tag d JOIN interaction i ON i.interaction_id = d.interaction_id")
        }
        (None, None) => ("i", "interaction i"),
    };
    if let (Some(_), Some(queue)) = (filter.agent, filter.queue) {
        w.add(
            "EXISTS (SELECT 1 FROM interaction_with q WHERE q.kind = 'queue' AND q.party_id = ? AND q.began = i.began \
            AND q.interaction_id = i.interaction_id)",
            queue,
        );
    }
    if let (Some(tag), true) = (&filter.tag, filter.agent.is_some() || filter.queue.is_some()) {
        w.add(
            "EXISTS (SELECT 1 FROM interaction_tag t WHERE t.tag = ? AND t.began = i.began AND t.interaction_id = i.interaction_id)",
            tag.as_str(),
        );
    }
    if let Some(customer) = filter.customer {
        w.add("i.customer_id = ?", customer);
    }
    number(&mut w, filter.number.as_ref())?;
    if let Some(direction) = &filter.direction {
        w.add("i.direction = ?", word(direction));
    }
    if let Some(cause) = &filter.cause {
        w.add("i.cause = ?", word(cause));
    }
    if let Some(answered) = filter.answered {
        w.add("i.answered = ?", answered);
    }
    if let Some(recorded) = filter.has_recording {
        w.add("i.has_recording = ?", recorded);
    }
    if let Some(from) = filter.from {
        w.add(&format!("{driver}.began >= ?"), from);
    }
    if let Some(to) = filter.to {
        w.add(&format!("{driver}.began < ?"), to);
    }
    if let Some((began, id)) = ask.after()? {
        w.values.extend(vals![began, id]);
        let n = w.values.len();
        w.parts.push(format!("({driver}.began, {driver}.interaction_id) < (${}, ${n})", n - 1));
    }
    let wheres = if w.parts.is_empty() { String::new() } else { format!("WHERE {}", w.parts.join(" AND ")) };
    let limit = ask.size() + 1;
    let sql =
        format!("SELECT {} FROM {join} {wheres} ORDER BY {driver}.began DESC, {driver}.interaction_id DESC LIMIT {limit}", rows::CALL);
    Ok((sql, w.values))
}

fn number(w: &mut Wheres, filter: Option<&NumberFilter>) -> Result<(), CrmError> {
    match filter {
        None => {}
        Some(NumberFilter::Exact(number)) => {
            let keys = match_keys(number);
            let places = placeholders(w.values.len() + 1, keys.len());
            w.values.extend(keys.iter().map(Val::from));
            w.parts.push(format!("i.interaction_id IN (SELECT interaction_id FROM interaction WHERE e164 IN ({places}))"));
        }
        Some(NumberFilter::Tail(tail)) => {
            let tail = backwards(tail).ok_or_else(|| CrmError::invalid("number", "has no digits"))?;
            w.values.extend(vals![&tail, after_digits(&tail)]);
            let n = w.values.len();
            // A few digits are the last of so many numbers that the list is read in its order and the others are passed over.
            w.parts.push(if tail.len() < MIN_TAIL {
                format!("i.backwards || '' >= ${} AND i.backwards || '' < ${n}", n - 1)
            } else {
                let range = format!("backwards >= ${} AND backwards < ${n}", n - 1);
                format!("i.interaction_id IN (SELECT interaction_id FROM interaction WHERE {range})")
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The plan as SQLite tells it, one line a step.
    async fn plan(db: &Db, filter: &CallFilter) -> String {
        let (sql, values) = statement(filter, &PageAsk::default()).unwrap();
        let rows = db.query(&format!("EXPLAIN QUERY PLAN {sql}"), values).await.unwrap();
        rows.iter().map(|r| r.get::<String>("detail").unwrap()).collect::<Vec<_>>().join("\n")
    }

    #[tokio::test]
    async fn every_filter_of_the_call_list_reads_through_an_index_and_none_sorts_the_whole_table() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&store::testing::sqlite_url(folder.path())).await.unwrap();
        db.migrate(&[crate::MIGRATIONS]).await.unwrap();
        let number = PhoneNumber::from_e164("+8613800138000").unwrap();
        let all = CallFilter::default;
        let cases = [
            (all(), "interaction_began"),
            (CallFilter { from: Some(1), to: Some(9), ..all() }, "interaction_began"),
            (CallFilter { agent: Some(AgentId(1)), ..all() }, "interaction_with"),
            (CallFilter { queue: Some(QueueId(1)), from: Some(1), ..all() }, "interaction_with"),
            (CallFilter { agent: Some(AgentId(1)), queue: Some(QueueId(1)), ..all() }, "interaction_with"),
            (CallFilter { tag: Some("vip".into()), from: Some(1), ..all() }, "interaction_tag"),
            (CallFilter { tag: Some("vip".into()), agent: Some(AgentId(1)), ..all() }, "interaction_tag"),
            (CallFilter { customer: Some(CustomerId(1)), ..all() }, "interaction_customer"),
            (CallFilter { number: Some(NumberFilter::Tail("800".into())), ..all() }, "interaction_began"),
            (CallFilter { direction: Some(Direction::Outbound), ..all() }, "interaction_direction"),
            (CallFilter { cause: Some(EndCause::Abandoned), ..all() }, "interaction_cause"),
            (CallFilter { has_recording: Some(true), ..all() }, "interaction_recording"),
        ];
        for (filter, index) in cases {
            let plan = plan(&db, &filter).await;
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{filter:?}:\n{plan}");
        }
        for number in [NumberFilter::Exact(number), NumberFilter::Tail("8000".into())] {
            // A number's few calls are sorted, never read past.
            let plan = plan(&db, &CallFilter { number: Some(number.clone()), ..all() }).await;
            let index = if matches!(number, NumberFilter::Exact(_)) { "interaction_e164" } else { "interaction_backwards" };
            assert!(plan.contains(index) && plan.contains("SEARCH i USING INTEGER PRIMARY KEY"), "{number:?}:\n{plan}");
        }
    }
}
