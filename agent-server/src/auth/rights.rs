//! The two tables of rights: what each role may ([`of`]), and what each route needs ([`ROUTES`]). Nothing else in this
//! house decides about rights.

use std::collections::BTreeSet;

use axum::http::Method;
use company::Role;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub enum Permission {
    /// A seat of one's own: take calls, wrap up.
    #[serde(rename = "desk.use")]
    DeskUse,
    /// The call list; without [`Self::CallsAll`] one's own calls.
    #[serde(rename = "calls.read")]
    CallsRead,
    /// Everybody's calls.
    #[serde(rename = "calls.all")]
    CallsAll,
    #[serde(rename = "customers.read")]
    CustomersRead,
    #[serde(rename = "customers.write")]
    CustomersWrite,
    /// Recordings as far as [`reach`] goes.
    #[serde(rename = "recordings.listen")]
    RecordingsListen,
    /// Live calls, agents, queues.
    #[serde(rename = "live.read")]
    LiveRead,
    /// Be in talks of one's team: listen, whisper, barge in. Move those who wait.
    #[serde(rename = "calls.supervise")]
    CallsSupervise,
    /// Other people's seats.
    #[serde(rename = "seats.force")]
    SeatsForce,
    #[serde(rename = "admin.read")]
    AdminRead,
    #[serde(rename = "admin.write")]
    AdminWrite,
    #[serde(rename = "audit.read")]
    AuditRead,
}

use Permission as P;

/// What one role may.
#[must_use]
pub fn of_role(role: Role) -> &'static [Permission] {
    match role {
        Role::Agent => &[P::DeskUse, P::CallsRead, P::CustomersRead, P::CustomersWrite, P::RecordingsListen],
        Role::Supervisor => &[
            P::DeskUse,
            P::CallsRead,
            P::CallsAll,
            P::CustomersRead,
            P::CustomersWrite,
            P::RecordingsListen,
            P::LiveRead,
            P::CallsSupervise,
            P::SeatsForce,
            P::AdminRead,
        ],
        Role::Qa => &[P::CallsRead, P::CallsAll, P::CustomersRead, P::RecordingsListen],
        Role::Admin => &[
            P::DeskUse,
            P::CallsRead,
            P::CallsAll,
            P::CustomersRead,
            P::CustomersWrite,
            P::RecordingsListen,
            P::LiveRead,
            P::CallsSupervise,
            P::SeatsForce,
            P::AdminRead,
            P::AdminWrite,
            P::AuditRead,
        ],
    }
}

/// What several roles together may.
#[must_use]
pub fn of(roles: &[Role]) -> BTreeSet<Permission> {
    roles.iter().flat_map(|role| of_role(*role)).copied().collect()
}

/// Whose recordings somebody may hear, and whose talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    Own,
    Team,
    All,
}

/// The furthest of several roles.
#[must_use]
pub fn reach(roles: &[Role]) -> Reach {
    let of_role = |role: &Role| match role {
        Role::Agent => Reach::Own,
        Role::Supervisor => Reach::Team,
        Role::Qa | Role::Admin => Reach::All,
    };
    roles.iter().map(of_role).max().unwrap_or(Reach::Own)
}

/// What a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Nobody,
    /// Nobody, and pages of other sites as well: the handler asks itself which.
    Visitor,
    SignedIn,
    May(Permission),
}

const fn may(method: Method, path: &'static str, what: Permission) -> (Method, &'static str, Need) {
    (method, path, Need::May(what))
}

/// Every route of the API. `{kind}` stands for the kinds of [`KINDS`].
pub const ROUTES: &[(Method, &str, Need)] = &[
    (Method::POST, "/session", Need::Nobody),
    (Method::GET, "/session", Need::SignedIn),
    (Method::DELETE, "/session", Need::SignedIn),
    (Method::PUT, "/session/password", Need::SignedIn),
    (Method::GET, "/web-call", Need::Visitor),
    may(Method::GET, "/desk/setup", P::DeskUse),
    may(Method::GET, "/desk/ws", P::DeskUse),
    may(Method::POST, "/desk/line", P::DeskUse),
    may(Method::GET, "/messages", P::DeskUse),
    may(Method::GET, "/messages/{agent}", P::DeskUse),
    may(Method::POST, "/messages/{agent}", P::DeskUse),
    may(Method::PUT, "/messages/{agent}/seen", P::DeskUse),
    may(Method::GET, "/desk/ice", P::DeskUse),
    may(Method::PUT, "/seat", P::DeskUse),
    may(Method::PUT, "/seats/{agent}", P::SeatsForce),
    may(Method::POST, "/calls", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/answer", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/reject", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/hold", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/resume", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/mute", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/unmute", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/hangup", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/digits", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/transfer", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/consult", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/park", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/take", P::DeskUse),
    may(Method::GET, "/parked", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/swap", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/join", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/complete", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/drop", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/recording/pause", P::DeskUse),
    may(Method::POST, "/calls/{interaction}/recording/resume", P::DeskUse),
    may(Method::PUT, "/calls/{interaction}/supervision", P::CallsSupervise),
    may(Method::DELETE, "/calls/{interaction}/supervision", P::CallsSupervise),
    may(Method::POST, "/calls/{interaction}/supervision/take-over", P::CallsSupervise),
    may(Method::POST, "/calls/{interaction}/move", P::CallsSupervise),
    may(Method::POST, "/calls/{interaction}/raise", P::CallsSupervise),
    may(Method::GET, "/filters", P::CallsRead),
    may(Method::GET, "/interactions", P::CallsRead),
    may(Method::GET, "/interactions/{id}", P::CallsRead),
    may(Method::PUT, "/interactions/{id}/disposition", P::DeskUse),
    may(Method::PUT, "/interactions/{id}/customer", P::DeskUse),
    may(Method::PUT, "/interactions/{id}/draft", P::DeskUse),
    may(Method::GET, "/interactions/{id}/notes", P::DeskUse),
    may(Method::GET, "/drafts", P::DeskUse),
    may(Method::GET, "/tags", P::CallsRead),
    may(Method::PUT, "/interactions/{id}/tags", P::DeskUse),
    may(Method::GET, "/customers", P::CustomersRead),
    may(Method::POST, "/customers", P::CustomersWrite),
    may(Method::GET, "/customers/{id}", P::CustomersRead),
    may(Method::PUT, "/customers/{id}", P::CustomersWrite),
    may(Method::GET, "/customers/{id}/timeline", P::CustomersRead),
    may(Method::POST, "/customers/{id}/points", P::CustomersWrite),
    may(Method::DELETE, "/customers/{id}/points/{point}", P::CustomersWrite),
    may(Method::POST, "/customers/{id}/contacts", P::CustomersWrite),
    may(Method::PUT, "/customers/{id}/contacts/{contact}", P::CustomersWrite),
    may(Method::DELETE, "/customers/{id}/contacts/{contact}", P::CustomersWrite),
    may(Method::GET, "/recordings", P::RecordingsListen),
    may(Method::DELETE, "/recordings/{id}", P::AdminWrite),
    may(Method::GET, "/recordings/{id}/audio", P::RecordingsListen),
    may(Method::GET, "/recordings/{id}/peaks", P::RecordingsListen),
    may(Method::GET, "/live", P::LiveRead),
    may(Method::GET, "/live/explain/{interaction}", P::LiveRead),
    may(Method::GET, "/admin/{kind}", P::AdminRead),
    may(Method::POST, "/admin/{kind}", P::AdminWrite),
    may(Method::GET, "/admin/{kind}/{id}", P::AdminRead),
    may(Method::PUT, "/admin/{kind}/{id}", P::AdminWrite),
    may(Method::DELETE, "/admin/{kind}/{id}", P::AdminWrite),
    may(Method::GET, "/admin/{kind}/{id}/history", P::AdminRead),
    may(Method::GET, "/admin/flows", P::AdminRead),
    may(Method::GET, "/admin/flows/{name}", P::AdminRead),
    may(Method::PUT, "/admin/flows/{name}", P::AdminWrite),
    may(Method::DELETE, "/admin/flows/{name}", P::AdminWrite),
    may(Method::POST, "/admin/flows/{name}/check", P::AdminWrite),
    may(Method::GET, "/admin/flows/{name}/versions", P::AdminRead),
    may(Method::GET, "/admin/lists", P::AdminRead),
    may(Method::POST, "/admin/lists", P::AdminWrite),
    may(Method::GET, "/admin/lists/{id}", P::AdminRead),
    may(Method::PUT, "/admin/lists/{id}", P::AdminWrite),
    may(Method::DELETE, "/admin/lists/{id}", P::AdminWrite),
    may(Method::GET, "/admin/prompts", P::AdminRead),
    may(Method::PUT, "/admin/prompts/{language}/{name}", P::AdminWrite),
    may(Method::DELETE, "/admin/prompts/{language}/{name}", P::AdminWrite),
    may(Method::GET, "/admin/prompts/{language}/{name}/audio", P::AdminRead),
    may(Method::GET, "/admin/company", P::AdminRead),
    may(Method::PUT, "/admin/company", P::AdminWrite),
    may(Method::POST, "/admin/company/web-keys", P::AdminWrite),
    may(Method::GET, "/admin/audit", P::AuditRead),
];

/// The kinds that are all edited alike.
pub const KINDS: [&str; 10] =
    ["teams", "skills", "queues", "numbers", "trunks", "pbxs", "stations", "reasons", "dispositions", "agents"];

/// What a route needs; `None`: it is in no table, and answers nobody.
#[must_use]
pub fn need(method: &Method, path: &str) -> Option<Need> {
    let path = path.strip_prefix(crate::http::API)?;
    let exact = |wanted: &str| ROUTES.iter().find(|(m, p, _)| m == method && *p == wanted).map(|(_, _, need)| *need);
    exact(path).or_else(|| {
        let mut parts = path.strip_prefix("/admin/")?.splitn(2, '/');
        let kind = parts.next().filter(|kind| KINDS.contains(kind))?;
        exact(&path.replacen(kind, "{kind}", 1))
    })
}
