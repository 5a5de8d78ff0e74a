//! How we stand with a trunk, as it is shown.

use cti_gateway::driver::TrunkLine;
use cti_gateway::sip::api::{Reached, TrunkRegistration, Unregistered};
use serde::Serialize;
use utoipa::ToSchema;

/// What the phones know of a trunk now.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrunkLive {
    /// Where we register there.
    pub registration: Option<Registration>,
    /// Its addresses, where OPTIONS ask whether they live.
    pub reached: Vec<Address>,
}

#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    pub state: RegistrationState,
    /// Epoch milliseconds: so since then.
    pub since: i64,
    /// Where we are registered.
    pub at: Option<String>,
    /// Why we are not.
    pub why: Option<Why>,
    /// The SIP status, 408 where nobody answered, 503 where nothing could be sent.
    pub status: Option<u16>,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationState {
    Trying,
    Registered,
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    Refused,
    WrongPassword,
    /// Nobody answers.
    Silent,
    /// There is no connection, or no TLS with whom we expect; the log says which.
    NoConnection,
}

#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    pub address: String,
    pub state: AddressState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddressState {
    /// It never answered OPTIONS, which some carriers do not know.
    Unknown,
    Up,
    /// Calls pass it over.
    Down,
}

impl TrunkLive {
    pub fn of(line: Option<TrunkLine>) -> Self {
        let Some(line) = line else { return Self::default() };
        let registration = line.state.registration.map(|registration| {
            let blank = Registration {
                state: RegistrationState::Trying,
                since: line.since,
                at: None,
                why: None,
                status: None,
                reason: None,
            };
            match registration {
                TrunkRegistration::Trying => blank,
                TrunkRegistration::Registered { at } => {
                    Registration { state: RegistrationState::Registered, at: Some(at.to_string()), ..blank }
                }
                TrunkRegistration::Failed { why, status, reason } => Registration {
                    state: RegistrationState::Failed,
                    why: Some(match why {
                        Unregistered::Refused => Why::Refused,
                        Unregistered::WrongPassword => Why::WrongPassword,
                        Unregistered::Silent => Why::Silent,
                        Unregistered::Unsent => Why::NoConnection,
                    }),
                    status: Some(status),
                    reason: Some(reason),
                    ..blank
                },
            }
        });
        let reached = line.state.addresses.into_iter().map(|(address, state)| Address {
            address: address.to_string(),
            state: match state {
                Reached::Unknown => AddressState::Unknown,
                Reached::Up => AddressState::Up,
                Reached::Down => AddressState::Down,
            },
        });
        Self { registration, reached: reached.collect() }
    }
}
