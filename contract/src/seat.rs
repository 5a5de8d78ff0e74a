//! The seat: what an agent chose, what the agent's legs say, and how the station is. Three axes, never one mixed word.
//! The server is the only writer; desktops send intents.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AgentId, EpochMs, InteractionId, QueueId, ReasonId, StationId};

/// Chosen by the agent, a supervisor, or a rule that says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub enum SeatStatus {
    Offline,
    Ready,
    /// `reason`: one of the company's, or none where a rule set it ([`SeatWhy`] says which).
    NotReady { reason: Option<ReasonId> },
}

/// Derived from live legs, never chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub enum Activity {
    Idle,
    Offered { interaction: InteractionId },
    Talking { interaction: InteractionId },
    Held { interaction: InteractionId },
    /// Until the agent clears it, or `until`.
    WrapUp { interaction: InteractionId, queue: Option<QueueId>, until: Option<EpochMs> },
}

impl Activity {
    /// The interaction the agent is busy with.
    #[must_use]
    pub fn interaction(self) -> Option<InteractionId> {
        match self {
            Self::Idle => None,
            Self::Offered { interaction }
            | Self::Talking { interaction }
            | Self::Held { interaction }
            | Self::WrapUp { interaction, .. } => Some(interaction),
        }
    }
}

/// Whether the station could ring now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum StationHealth {
    /// No station chosen.
    None,
    Ok,
    /// Chosen, but not registered (never, expired, or gone).
    Unreachable,
    /// A browser that could ring, but would not do for a talk: no microphone, or a bad line.
    Unfit,
}

/// Why the seat is as it is; shown to the agent, with the way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum SeatWhy {
    /// The agent asked.
    Chosen,
    /// A supervisor asked.
    Forced,
    /// A call was offered and not answered in time.
    MissedOffer,
    /// The agent rejected an offered call and the queue says: not ready after that.
    RejectedOffer,
    /// The station refused the call, or could not be reached when rung.
    StationFailed,
    /// The station's registration ended.
    StationLost,
    /// The station registered again, or does for a talk again.
    StationBack,
    /// The browser's microphone is missing, not allowed, or gives no sound at all.
    Microphone,
    /// What the browser hears and says would come too late or with too many gaps.
    PoorLine,
    /// No desktop was connected for longer than the grace time.
    DesktopLost,
    /// What the agent chose while busy took effect.
    NextStatus,
    /// A call began, went on hold, came back, or ended.
    Call,
    /// Wrap-up ended: cleared, or its time was over.
    WrapUpDone,
    /// The server restarted.
    Restart,
    /// The agent asks for a supervisor, or does no longer.
    Hand,
}

/// An agent asks for a supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct Hand {
    #[ts(type = "number")]
    pub since: EpochMs,
    /// What for, in the agent's words; may be empty.
    pub note: String,
}

/// The whole seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct Seat {
    pub agent: AgentId,
    pub station: Option<StationId>,
    pub status: SeatStatus,
    #[ts(type = "number")]
    pub status_since: EpochMs,
    pub status_why: SeatWhy,
    pub activity: Activity,
    #[ts(type = "number")]
    pub activity_since: EpochMs,
    pub health: StationHealth,
    /// What the seat becomes when the agent is free again.
    pub next: Option<SeatStatus>,
    /// The agent's hand is raised. Seats kept before there were hands have none.
    #[serde(default)]
    pub hand: Option<Hand>,
}
