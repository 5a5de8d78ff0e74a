//! The phones as this crate sees them: how they are started, who is calling, and how a refusal looks to the web.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use contract::{Caller, Candidate, Lookup};
use cti_gateway::call::CommandRefused;
use cti_gateway::driver::{FlowFault as Fault, Gateway, GatewayConfig, Ports, Refused, StartError};
use cti_gateway::pbx::calls::PbxRefused;
use cti_gateway::sip::api::{EndpointConfig, Limits};
use store::{Db, LedgerWriter};

use crate::api_error::FlowProblem;
use crate::clock::{instant, now};
use crate::config::Config;
use crate::metrics::Metrics;
use crate::office::Office;
use crate::prompts::Prompts;

/// Why the phones did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    /// Stable, for catalogues.
    pub code: &'static str,
    pub message: String,
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        use StatusCode as S;
        let message = refused.to_string();
        let (status, code) = match &refused {
            Refused::NoCall(_) => (S::NOT_FOUND, "call_not_found"),
            Refused::Call(why) => match why {
                CommandRefused::WrongState { .. } => (S::CONFLICT, "call_wrong_state"),
                CommandRefused::NotYours { .. } => (S::FORBIDDEN, "call_not_yours"),
                CommandRefused::PhoneOnly => (S::CONFLICT, "phone_only"),
                CommandRefused::PhoneHolds => (S::CONFLICT, "phone_holds"),
                CommandRefused::BadDigits { .. } => (S::UNPROCESSABLE_ENTITY, "bad_digits"),
                CommandRefused::NotRecording => (S::CONFLICT, "not_recording"),
                CommandRefused::BadReason { .. } | CommandRefused::LongReason { .. } => {
                    (S::UNPROCESSABLE_ENTITY, "bad_reason")
                }
                CommandRefused::EnoughSupervisors { .. } => (S::CONFLICT, "enough_supervisors"),
                CommandRefused::EnoughAsked { .. } => (S::CONFLICT, "enough_asked"),
                CommandRefused::InAlready { .. } => (S::CONFLICT, "in_already"),
                CommandRefused::NoSuchFlow { .. } => (S::UNPROCESSABLE_ENTITY, "no_such_flow"),
                CommandRefused::FlowNotAsked => (S::UNPROCESSABLE_ENTITY, "flow_not_asked"),
                CommandRefused::NotInTalk { .. } => (S::CONFLICT, "not_in_talk"),
            },
            Refused::Pbx(why) => match why {
                PbxRefused::NotThere(_) => (S::CONFLICT, "pbx_cannot"),
                PbxRefused::NoLink => (S::SERVICE_UNAVAILABLE, "pbx_away"),
                PbxRefused::PhoneOfPbx => (S::CONFLICT, "phone_of_pbx"),
                PbxRefused::NoWay => (S::UNPROCESSABLE_ENTITY, "pbx_no_way"),
            },
            Refused::Seat(why) => (S::CONFLICT, why.code()),
            Refused::Colleague => (S::UNPROCESSABLE_ENTITY, "colleague"),
            Refused::Full => (S::SERVICE_UNAVAILABLE, "busy"),
            Refused::NoSuchTarget => (S::UNPROCESSABLE_ENTITY, "no_such_target"),
            Refused::NoWayOut => (S::UNPROCESSABLE_ENTITY, "no_way_out"),
            Refused::NumberNotAllowed => (S::FORBIDDEN, "number_not_allowed"),
            Refused::NoTalk(_) => (S::CONFLICT, "call_wrong_state"),
            Refused::NoPlace => (S::CONFLICT, "no_place"),
            Refused::OwnCall => (S::CONFLICT, "own_call"),
            Refused::NoStation => (S::CONFLICT, "no_phone"),
            Refused::Busy => (S::CONFLICT, "supervisor_busy"),
            Refused::OtherStation => (S::CONFLICT, "other_station"),
            Refused::PhoneElsewhere => (S::CONFLICT, "phone_elsewhere"),
            Refused::BadOffer(_) => (S::UNPROCESSABLE_ENTITY, "bad_offer"),
            Refused::NoLine(_) => (S::SERVICE_UNAVAILABLE, "no_line"),
            Refused::NoSuchNumber(_) => (S::UNPROCESSABLE_ENTITY, "no_such_number"),
            Refused::Stopping => (S::SERVICE_UNAVAILABLE, "stopping"),
        };
        Self { status, code, message }
    }
}

/// Somebody asked what their roles do not allow.
#[must_use]
pub fn forbidden(message: String) -> Refusal {
    Refusal { status: StatusCode::FORBIDDEN, code: "forbidden", message }
}

/// A flow that does not compile against the company as it is now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlowFault {
    pub flow: String,
    /// An older version of it goes on running.
    pub older_runs: bool,
    pub problems: Vec<FlowProblem>,
}

impl From<Fault> for FlowFault {
    fn from(fault: Fault) -> Self {
        let problems = fault.problems.into_iter().map(FlowProblem::from).collect();
        Self { flow: fault.flow, older_runs: fault.older_runs, problems }
    }
}

/// Opens SIP and media as configured.
///
/// # Errors
/// [`StartError`] names the socket.
pub async fn start(config: &Config, prompts: &Prompts, ledger: LedgerWriter, lookup: WhoCalls) -> Result<Gateway, StartError> {
    let sip = &config.sip;
    let endpoint = EndpointConfig {
        udp: sip.udp.then_some(sip.listen),
        tcp: sip.tcp.then_some(sip.listen),
        tls: sip.tls_listen.parse().ok(),
        certificate: named(&sip.tls_certificate).zip(named(&sip.tls_key)),
        authorities: named(&sip.tls_ca),
        advertise: sip.advertise.parse().ok(),
        inside: Some(config.media_ip()),
        realm: sip.realm.clone(),
        register_max: Duration::from_secs(sip.register_seconds.into()),
        register_default: Duration::from_secs(sip.register_seconds.into()),
        watch: Duration::from_secs(sip.options_seconds.into()),
        watch_misses: sip.options_misses,
        limits: Limits { invites_per_second: sip.invites_per_second, ..Limits::default() },
        ..EndpointConfig::on(sip.listen)
    };
    let gateway = GatewayConfig {
        node: config.store.node,
        sip: endpoint,
        media_ip: config.media_ip(),
        media_advertise: config.media_advertise(),
        rtp_ports: (config.media.first_port, config.media.last_port),
        media_threads: config.media.threads as usize,
        recordings: config.store.recordings(),
        contacts: Some(config.store.contacts()),
        most_calls: config.calls.most as usize,
        router: acd::RouterConfig {
            desktop_grace_ms: config.calls.desktop_grace_seconds * 1000,
            max_waiting: config.calls.most_waiting,
            ..acd::RouterConfig::default()
        },
        speech: config.speech.command.clone(),
    };
    Gateway::start(gateway, prompts.now().clips(), Ports { ledger: Arc::new(ledger), lookup: Arc::new(lookup) }).await
}

/// A file that is named.
fn named(path: &Path) -> Option<PathBuf> {
    (!path.as_os_str().is_empty()).then(|| path.to_owned())
}

/// Who is calling: one indexed read in the customer store.
#[derive(Debug, Clone)]
pub struct WhoCalls {
    pub db: Db,
    pub office: Arc<Office>,
    pub metrics: Arc<Metrics>,
}

impl Lookup for WhoCalls {
    fn identify(&self, caller: Caller) -> Pin<Box<dyn Future<Output = Vec<Candidate>> + Send>> {
        let Self { db, office, metrics } = self.clone();
        Box::pin(async move {
            let began = instant();
            let found = crm::lookup::identify(&db, &caller, &office.now().numbers(), now()).await;
            metrics.lookup.observe(began.elapsed().as_secs_f64());
            found.unwrap_or_else(|e| {
                tracing::warn!("a caller is nobody because the customer store did not answer: {e}");
                Vec::new()
            })
        })
    }
}
