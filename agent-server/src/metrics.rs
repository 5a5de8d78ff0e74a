//! Figures for Prometheus (OpenMetrics text). Histograms grow as things happen; gauges are read when asked for.

use std::time::Duration;

use contract::EpochMs;
use cti_gateway::driver::PbxLine;
use cti_gateway::pbx::LinkStage;
use cti_gateway::sip::api::{Reached, TrunkRegistration, TrunkState};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::App;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
    status: u32,
}

#[derive(Debug)]
pub struct Metrics {
    http: Family<Route, Histogram>,
    /// From the decision to offer a call to its card on the agent's line, once for each desktop that is there.
    pop: Histogram,
    /// From an arrival to the caller's candidates.
    pub lookup: Histogram,
    /// Of callers who were answered, and of those who were not.
    pub queue_wait: Histogram,
    /// Of yesterday: talk without audio or reason, rows without file, files without row. Must be 0.
    pub recordings_missing: Gauge,
    /// Desktops dropped because they took nothing for too long.
    pub slow_desktops: Counter,
}

const QUICK: [f64; 12] = [0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0, 5.0];
const WAITS: [f64; 10] = [1.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0];

fn quick() -> Histogram {
    Histogram::new(QUICK)
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            http: Family::new_with_constructor(quick),
            pop: quick(),
            lookup: quick(),
            queue_wait: Histogram::new(WAITS),
            recordings_missing: Gauge::default(),
            slow_desktops: Counter::default(),
        }
    }
}

impl Metrics {
    pub fn http(&self, route: &str, status: u16, took: Duration) {
        let label = Route { route: route.to_owned(), status: status.into() };
        self.http.get_or_create(&label).observe(took.as_secs_f64());
    }

    pub fn popped(&self, decided: EpochMs, now: EpochMs) {
        let took = Duration::from_millis(u64::try_from(now - decided).unwrap_or(0));
        self.pop.observe(took.as_secs_f64());
    }
}

/// The page of figures.
pub async fn render(app: &App) -> String {
    let mut registry = Registry::with_prefix("zuoxi");
    let m = &app.metrics;
    registry.register("http_seconds", "Answers to requests, by route and status", m.http.clone());
    registry.register("pop_seconds", "From the decision to offer a call to its card on the line to the desktop", m.pop.clone());
    registry.register("lookup_seconds", "From a call's arrival to who may be calling", m.lookup.clone());
    registry.register("queue_wait_seconds", "Time in queue of callers who left it", m.queue_wait.clone());
    registry.register("recordings_missing", "Of yesterday; must be 0", m.recordings_missing.clone());
    registry.register("slow_desktops", "Desktops dropped because they took nothing", m.slow_desktops.clone());
    ledger(&mut registry, app);
    phones(&mut registry, app).await;
    signalling(&mut registry, app);
    trunks(&mut registry, app);
    pbxs(&mut registry, app);
    media(&mut registry, app);
    house(&mut registry, app).await;
    let parts = crate::health::parts(app).await;
    let up = parts.iter().map(|part| (part.name.to_owned(), u8::from(part.is_well())));
    family(&mut registry, "part_up", "1: this part of the program is well; /readyz says what is wrong", up);
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = encode(&mut text, &registry);
    text
}

fn ledger(registry: &mut Registry, app: &App) {
    let counts = app.ledger.counts();
    for (name, help, value) in [
        ("events_not_durable", "Events not in the database yet", counts.last - counts.in_database),
        ("events_in_spool", "Of these, on the local disk", counts.in_spool),
        ("events_lost", "Events that neither took; must be 0", counts.lost),
    ] {
        gauge(registry, name, help, value);
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    of: String,
}

/// Figures of one name, told apart by a word.
fn family<V: TryInto<i64>>(registry: &mut Registry, name: &str, help: &str, values: impl IntoIterator<Item = (String, V)>) {
    let family: Family<Of, Gauge> = Family::default();
    for (of, value) in values {
        family.get_or_create(&Of { of }).set(value.try_into().unwrap_or(i64::MAX));
    }
    registry.register(name, help, family);
}

/// Longest wait for the switch; a figure that is missing says more than a page that does not come.
const PHONES: Duration = Duration::from_secs(2);

async fn phones(registry: &mut Registry, app: &App) {
    let Some(g) = app.gateway.gauges_within(PHONES).await else { return };
    family(registry, "calls", "Calls by what they do", g.by_stage.into_iter().map(|(stage, n)| (stage.to_owned(), n)));
    family(registry, "refused", "Calls refused at the door, by SIP status", g.refused.into_iter().map(|(status, n)| (status.to_string(), n)));
    for (name, help, value) in [
        ("calls_now", "Calls", g.calls as u64),
        ("legs", "Legs of calls", g.legs as u64),
        ("browser_phones", "Browsers that are phones", g.lines as u64),
        ("web_callers", "Visitors of web pages who call", g.visitors as u64),
        ("recordings_now", "Recordings being written", g.recordings as u64),
        ("pbx_recordings", "Recordings of PBXs on their way here", g.fetching as u64),
        ("seats", "Seats", g.seats as u64),
        ("waiting", "Callers waiting", g.waiting as u64),
        ("offers", "Offers that ring", g.offers as u64),
        ("talks", "Talks", g.talks as u64),
        ("wrap_ups", "Wrap-ups", g.wrap_ups as u64),
        ("orphans", "Ended by the truth audit; must be 0", g.orphans),
        ("messages_lost", "Lost because the switch lagged; must be 0", g.lost),
        ("broken", "Calls ended because deciding failed; must be 0", g.broken),
        ("flows_broken", "Flows that numbers start and that cannot run; must be 0", g.broken_flows as u64),
        ("lookups", "Questions who calls, not answered yet", g.lookups as u64),
    ] {
        gauge(registry, name, help, value);
    }
    for (name, help, value) in [
        ("apologies", "Callers who heard an apology in place of their number's flow; must stay 0", g.apologies),
        ("lookups_passed_over", "Callers nobody was asked about, because the customer store is too slow", g.lookups_passed_over),
    ] {
        total(registry, name, help, value);
    }
}

fn signalling(registry: &mut Registry, app: &App) {
    let c = app.gateway.sip_counts();
    for (name, help, value) in [
        ("sip_dialogs", "SIP dialogs", c.dialogs as u64),
        ("sip_transactions", "SIP transactions, absorbing ones included", c.transactions() as u64),
        ("sip_registrations", "Contacts registered", c.registrations as u64),
        ("sip_bans", "Addresses banned", c.bans as u64),
        ("sip_broken_connections", "TCP connections whose task broke; must be 0", c.broken_connections),
    ] {
        gauge(registry, name, help, value);
    }
    for (name, help, value) in [
        ("sip_received", "SIP messages received", c.received),
        ("sip_sent", "SIP messages sent", c.sent),
        ("sip_malformed", "SIP messages that did not parse", c.malformed),
        ("sip_retransmissions_in", "Repeats absorbed", c.retransmissions_in),
        ("sip_retransmissions_out", "Repeats sent", c.retransmissions_out),
        ("sip_refused", "New INVITEs refused with 503", c.refused),
        ("sip_strangers", "Requests of strangers", c.strangers),
    ] {
        total(registry, name, help, value);
    }
}

/// Of trunks that we register at, or whose addresses are asked whether they live.
fn trunks(registry: &mut Registry, app: &App) {
    let directory = app.office.now().directory.clone();
    let known = directory.trunks.values().filter_map(|t| Some((t.name.clone(), app.gateway.trunk(t.id)?.state)));
    let known: Vec<_> = known.collect();
    let registered = known.iter().filter_map(|(name, state)| {
        let registration = state.registration.as_ref()?;
        Some((name.clone(), u64::from(matches!(registration, TrunkRegistration::Registered { .. }))))
    });
    family(registry, "trunk_registered", "1: we are registered at this trunk", registered);
    let down = |state: &TrunkState| state.addresses.iter().filter(|(_, reached)| *reached == Reached::Down).count() as u64;
    let silent = known.iter().map(|(name, state)| (name.clone(), down(state)));
    family(registry, "trunk_addresses_down", "Addresses of this trunk that calls pass over, as they do not answer OPTIONS", silent);
}

/// Of PBXs beside us.
fn pbxs(registry: &mut Registry, app: &App) {
    let directory = app.office.now().directory.clone();
    let known: Vec<_> = directory.pbxs.values().filter_map(|pbx| Some((pbx.name.clone(), app.gateway.pbx(pbx.id)?))).collect();
    let of = |figure: fn(&PbxLine) -> u64| known.iter().map(|(name, line)| (name.clone(), figure(line))).collect::<Vec<_>>();
    family(registry, "pbx_up", "1: we are connected to this PBX and know what is going on there", of(|line| u64::from(line.state.stage == LinkStage::Up)));
    family(registry, "pbx_calls", "Calls seen at this PBX", of(|line| line.calls as u64));
    family(registry, "pbx_calls_passed_over", "Calls of this PBX not seen for want of room; must be 0", of(|line| line.passed_over));
    family(registry, "pbx_events", "Messages of this PBX that said something", of(|line| line.state.events));
    family(registry, "pbx_malformed", "Messages of this PBX that could not be read; must be 0", of(|line| line.state.malformed));
    family(registry, "pbx_reconnects", "How often the connection to this PBX was lost", of(|line| line.state.reconnects));
}

fn media(registry: &mut Registry, app: &App) {
    let m = app.gateway.media().gauges();
    gauge(registry, "rtp_legs", "Legs with audio", m.legs);
    gauge(registry, "rtp_ports_free", "RTP ports free", m.ports_free);
    for (name, help, value) in [
        ("rtp_packets_in", "RTP packets taken", m.packets_in),
        ("rtp_packets_out", "RTP packets sent", m.packets_out),
        ("rtp_dropped", "Packets not taken: strangers', malformed, duplicates", m.dropped),
        ("rtp_send_failed", "Packets the kernel did not take", m.send_failed),
        ("rtp_lost", "RTP packets that never came, of legs up to their last report", m.lost),
        ("rtp_late", "Packets too late for their turn", m.late),
        ("rtp_filled_ms", "Silence for want of packets, of legs up to their last report", m.filled_ms),
        ("rtp_skipped_slices", "Slices skipped after a stall", m.skipped_slices),
    ] {
        total(registry, name, help, value);
    }
}

async fn house(registry: &mut Registry, app: &App) {
    let (desktops, on_desks) = app.desk.counts();
    gauge(registry, "desktops", "Desktops connected", desktops as u64);
    gauge(registry, "desk_calls", "Calls known to the desks", on_desks as u64);
    let folds = app.fold_counts().await;
    family(registry, "fold_behind", "Events a fold is behind", folds.iter().map(|(name, behind, _)| ((*name).to_owned(), *behind)));
    family(registry, "fold_passed_over", "Events a fold could not take; must be 0", folds.iter().map(|(name, _, over)| ((*name).to_owned(), *over)));
}

/// What only grows, read now.
fn total(registry: &mut Registry, name: &str, help: &str, value: u64) {
    let counter: Counter = Counter::default();
    counter.inc_by(value);
    registry.register(name, help, counter);
}

/// A figure read now.
pub fn gauge(registry: &mut Registry, name: &str, help: &str, value: impl TryInto<i64>) {
    let gauge: Gauge = Gauge::default();
    gauge.set(value.try_into().unwrap_or(i64::MAX));
    registry.register(name, help, gauge);
}
