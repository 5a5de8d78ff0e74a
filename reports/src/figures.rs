//! The reports: queues by interval, agents by day, and for every number the interactions that made it. Sums come from the
//! roll-up; what is divided is divided here, at the end, by the formulas in [`FORMULAS`].

use std::collections::BTreeMap;

use contract::{AgentId, EpochMs, InteractionId, QueueId, ReasonId};
use serde::Serialize;
use store::{Db, DbError, row_struct, vals};

use crate::rollup::{QUARTER_MS, Sums};
use crate::{Zone, intervals};

/// A figure's id, and its formula for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Formula {
    pub id: &'static str,
    pub en: &'static str,
    pub zh: &'static str,
}

const fn formula(id: &'static str, en: &'static str, zh: &'static str) -> Formula {
    Formula { id, en, zh }
}

/// Every figure given here.
pub const FORMULAS: &[Formula] = &[
    formula("offered", "answered + abandoned + flowed out + lost by a failure of ours", "接起 + 放弃 + 流出 + 系统故障丢失"),
    formula("callers", "callers who entered a first queue; one caller, however many queues", "首次进入队列的来电者；一位来电者只计一次"),
    formula("service_level", "answered within the target ÷ (answered + abandoned after the short threshold)", "目标时间内接起 ÷（接起 + 超过短放弃阈值的放弃）"),
    formula("abandoned", "left the queue after the short threshold and before an answer", "超过短放弃阈值且在接起前离开队列"),
    formula("short_abandoned", "left the queue at or under the short threshold", "在短放弃阈值内离开队列"),
    formula("asa", "queue wait of answered calls ÷ answered", "接起来电的排队时长 ÷ 接起数"),
    formula("aht", "(talk + hold + wrap-up) ÷ handled", "（通话 + 保持 + 话后处理）÷ 处理数"),
    formula("occupancy", "(on contact + wrap-up) ÷ (that + idle while ready)", "（通话 + 话后处理）÷（前者 + 就绪空闲）"),
    formula("utilization", "(on contact + wrap-up) ÷ signed-in time", "（通话 + 话后处理）÷ 签入时长"),
    formula("missed_offers", "offers not answered in time or rejected; withdrawn and failed ones apart", "振铃未接或拒接；撤回与失败另计"),
];

#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    #[error("from {from} to {to} is no span of quarters: both must be a multiple of 900000 ms, the first before the second, and at most 400 days apart")]
    BadSpan { from: EpochMs, to: EpochMs },
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Longest span of one report.
const LONGEST_MS: EpochMs = 400 * 24 * 3_600_000;

/// How a report is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Quarter,
    Half,
    Hour,
    /// The company's days.
    Day,
}

impl Step {
    /// The beginning of the step a quarter is in. Hours are counted from the day's beginning, so they follow zones that
    /// are off by half an hour.
    fn of(self, start: EpochMs, zone: Zone) -> EpochMs {
        let day = || zone.day_of(start).0;
        let cut = |ms: EpochMs| {
            let day = day();
            day + (start - day) / ms * ms
        };
        match self {
            Self::Quarter => start,
            Self::Half => cut(2 * QUARTER_MS),
            Self::Hour => cut(4 * QUARTER_MS),
            Self::Day => day(),
        }
    }
}

/// A queue in one step. Serialized with its sums beside it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueFigures {
    pub from: EpochMs,
    pub queue: QueueId,
    #[serde(flatten)]
    pub sums: Sums,
    pub offered: i64,
    /// 0 to 1; none where nobody was answered or abandoned.
    pub service_level: Option<f64>,
    pub asa_ms: Option<f64>,
    pub aht_ms: Option<f64>,
}

impl QueueFigures {
    #[must_use]
    pub fn of(from: EpochMs, queue: QueueId, sums: Sums) -> Self {
        Self {
            from,
            queue,
            sums,
            offered: sums.answered + sums.abandoned + sums.flowed_out + sums.lost,
            service_level: ratio(sums.within_target, sums.answered + sums.abandoned),
            asa_ms: ratio(sums.wait_answered_ms, sums.answered),
            aht_ms: ratio(sums.talk_ms + sums.hold_ms + sums.wrap_ms, sums.handled),
        }
    }
}

fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn span(from: EpochMs, to: EpochMs) -> Result<(), FigureError> {
    let fits = from % QUARTER_MS == 0 && to % QUARTER_MS == 0 && from < to && to - from <= LONGEST_MS;
    if fits { Ok(()) } else { Err(FigureError::BadSpan { from, to }) }
}

/// Queues by step, in order of time. Only steps in which something happened.
/// # Errors
/// [`FigureError::BadSpan`], or of the database.
pub async fn queues(
    db: &Db,
    (from, to): (EpochMs, EpochMs),
    queue: Option<QueueId>,
    step: Step,
    zone: Zone,
) -> Result<Vec<QueueFigures>, FigureError> {
    span(from, to)?;
    let sql = format!(
        "SELECT start, queue, {} FROM rollup WHERE start >= $1 AND start < $2 AND queue <> 0 \
         AND (CAST($3 AS BIGINT) IS NULL OR queue = $3) GROUP BY start, queue",
        Sums::select()
    );
    let mut steps: BTreeMap<(EpochMs, QueueId), Sums> = BTreeMap::new();
    for row in db.query(&sql, vals![from, to, queue]).await? {
        let key = (step.of(row.get("start")?, zone), row.get("queue")?);
        *steps.entry(key).or_default() += Sums::from_row(&row)?;
    }
    Ok(steps.into_iter().map(|((from, queue), sums)| QueueFigures::of(from, queue, sums)).collect())
}

/// Time in each state (ms), cut to the step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateTimes {
    /// Not offline.
    pub signed_in_ms: i64,
    /// Ready, nothing to do, and the phone reachable.
    pub idle_ms: i64,
    pub ringing_ms: i64,
    /// Talking or holding.
    pub contact_ms: i64,
    pub wrap_ms: i64,
    /// Not ready and not busy, by reason; those without one under none.
    pub not_ready_ms: BTreeMap<String, i64>,
    /// Ready, but the phone could not be rung.
    pub unreachable_ms: i64,
}

/// An agent on one of the company's days.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentFigures {
    pub from: EpochMs,
    pub agent: AgentId,
    #[serde(flatten)]
    pub sums: Sums,
    pub times: StateTimes,
    pub missed_offers: i64,
    pub aht_ms: Option<f64>,
    /// 0 to 1.
    pub occupancy: Option<f64>,
    /// 0 to 1.
    pub utilization: Option<f64>,
}

/// Agents by the company's days; states over midnight are cut there, and those still going on at `now`.
/// # Errors
/// [`FigureError::BadSpan`], or of the database.
pub async fn agents(
    db: &Db,
    (from, to): (EpochMs, EpochMs),
    agent: Option<AgentId>,
    zone: Zone,
    now: EpochMs,
) -> Result<Vec<AgentFigures>, FigureError> {
    span(from, to)?;
    let sql = format!(
        "SELECT start, agent, {} FROM rollup WHERE start >= $1 AND start < $2 AND agent <> 0 \
         AND (CAST($3 AS BIGINT) IS NULL OR agent = $3) GROUP BY start, agent",
        Sums::select()
    );
    let mut days: BTreeMap<(EpochMs, AgentId), (Sums, StateTimes)> = BTreeMap::new();
    for row in db.query(&sql, vals![from, to, agent]).await? {
        let key = (zone.day_of(row.get("start")?).0, row.get("agent")?);
        days.entry(key).or_default().0 += Sums::from_row(&row)?;
    }
    for interval in intervals::in_span(db, agent, (from, to)).await? {
        let until = interval.until.unwrap_or(now).min(to);
        let mut at = interval.since.max(from);
        while at < until {
            let (day, next) = zone.day_of(at);
            let part = until.min(next) - at;
            days.entry((day, interval.agent)).or_default().1.add(&interval, part);
            at = next;
        }
    }
    Ok(days.into_iter().map(|((from, agent), (sums, times))| AgentFigures::of(from, agent, sums, times)).collect())
}

impl StateTimes {
    fn add(&mut self, interval: &intervals::AgentInterval, ms: i64) {
        if interval.status != "offline" {
            self.signed_in_ms += ms;
        }
        match (interval.activity.as_str(), interval.status.as_str()) {
            ("talking" | "held", _) => self.contact_ms += ms,
            ("wrap_up", _) => self.wrap_ms += ms,
            ("offered", _) => self.ringing_ms += ms,
            (_, "ready") if interval.health == "ok" => self.idle_ms += ms,
            (_, "ready") => self.unreachable_ms += ms,
            (_, "not_ready") => {
                let reason = interval.reason.map_or_else(|| "none".to_owned(), |r: ReasonId| r.to_string());
                *self.not_ready_ms.entry(reason).or_default() += ms;
            }
            _ => {}
        }
    }
}

impl AgentFigures {
    fn of(from: EpochMs, agent: AgentId, sums: Sums, times: StateTimes) -> Self {
        let busy = times.contact_ms + times.wrap_ms;
        Self {
            from,
            agent,
            sums,
            missed_offers: sums.offers_missed + sums.offers_rejected,
            aht_ms: ratio(sums.talk_ms + sums.hold_ms + sums.wrap_ms, sums.handled),
            occupancy: ratio(busy, busy + times.idle_ms),
            utilization: ratio(busy, times.signed_in_ms),
            times,
        }
    }
}

/// Which number is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Offered,
    Callers,
    Answered,
    WithinTarget,
    Abandoned,
    ShortAbandoned,
    FlowedOut,
    Lost,
    Handled,
    /// Missed and rejected offers.
    MissedOffers,
}

impl Figure {
    /// The table it is counted in, and the rows that count.
    fn rows(self) -> (&'static str, &'static str) {
        match self {
            Self::Offered => ("queue_entry", "NOT (outcome = 'abandoned' AND waited_ms <= short_ms)"),
            Self::Callers => ("queue_entry", "first = 1"),
            Self::Answered => ("queue_entry", "outcome = 'answered'"),
            Self::WithinTarget => ("queue_entry", "outcome = 'answered' AND waited_ms <= target_ms"),
            Self::Abandoned => ("queue_entry", "outcome = 'abandoned' AND waited_ms > short_ms"),
            Self::ShortAbandoned => ("queue_entry", "outcome = 'abandoned' AND waited_ms <= short_ms"),
            Self::FlowedOut => ("queue_entry", "outcome IN ('max_wait', 'moved', 'voicemail')"),
            Self::Lost => ("queue_entry", "outcome = 'failed'"),
            Self::Handled => ("handling", "handled = 1"),
            Self::MissedOffers => ("offer_entry", "outcome IN ('missed', 'rejected')"),
        }
    }
}

row_struct! {
    /// One event that counted.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Made { pub interaction: InteractionId, pub at: EpochMs, pub node: u16, pub seq: u64, pub queue: QueueId, pub agent: AgentId }
}

/// What made a number: the events that were counted, newest first, after the last of the page before.
/// # Errors
/// [`FigureError::BadSpan`], or of the database.
pub async fn made(
    db: &Db,
    figure: Figure,
    (from, to): (EpochMs, EpochMs),
    queue: Option<QueueId>,
    agent: Option<AgentId>,
    after: Option<&Made>,
    limit: usize,
) -> Result<Vec<Made>, FigureError> {
    use store::FromRow as _;
    span(from, to)?;
    let (table, counts) = figure.rows();
    let (at, node, seq, call) = after.map_or((to, 0, 0, 0), |m| (m.at, m.node, m.seq, m.interaction.0));
    let sql = format!(
        "SELECT interaction, at, node, seq, queue, agent FROM {table} WHERE at >= $1 AND at < $2 AND {counts} \
         AND (CAST($3 AS BIGINT) IS NULL OR queue = $3) AND (CAST($4 AS BIGINT) IS NULL OR agent = $4) \
         AND (at < $5 OR (at = $5 AND (node < $6 OR (node = $6 AND (seq < $7 OR (seq = $7 AND interaction < $8)))))) \
         ORDER BY at DESC, node DESC, seq DESC, interaction DESC LIMIT $9"
    );
    let rows = db.query(&sql, vals![from, to, queue, agent, at, node, seq, call, limit]).await?;
    Ok(rows.iter().map(Made::from_row).collect::<Result<_, _>>()?)
}

/// How long answered callers of a queue waited: the median and the 90th percentile (ms; the wait that this share did not
/// exceed). `None` where nobody was answered.
/// # Errors
/// [`FigureError::BadSpan`], or of the database.
pub async fn waits(db: &Db, (from, to): (EpochMs, EpochMs), queue: QueueId) -> Result<Option<(u32, u32)>, FigureError> {
    span(from, to)?;
    let of = "FROM queue_entry WHERE queue = $1 AND at >= $2 AND at < $3 AND outcome = 'answered'";
    let count = db.query_opt(&format!("SELECT COUNT(*) {of}"), vals![queue, from, to]).await?;
    let count: i64 = count.map_or(Ok(0), |row| row.get(0))?;
    let mut found = [0; 2];
    for (place, percent) in found.iter_mut().zip([50, 90]) {
        let sql = format!("SELECT waited_ms {of} ORDER BY waited_ms LIMIT 1 OFFSET $4");
        let nth = ((count * percent + 99) / 100 - 1).max(0);
        let Some(row) = db.query_opt(&sql, vals![queue, from, to, nth]).await? else { return Ok(None) };
        *place = row.get("waited_ms")?;
    }
    Ok(Some((found[0], found[1])))
}
