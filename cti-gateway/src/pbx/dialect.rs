//! What a dialect is to the connection: bytes in, what they mean out; what is asked in, bytes out. It holds where a login or a
//! list stands, and never looks at a clock.

use super::asterisk::Asterisk;
use super::fields::Unsayable;
use super::freeswitch::FreeSwitch;
use super::seen::{Answer, Ask, Seen};
use contract::directory::{Pbx, PbxKind};

/// What the far end said, or what it makes the connection do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The next step of the login, or of the lists.
    Say(String),
    LoggedIn,
    /// Not let in; no use in trying again at once.
    Refused(String),
    /// All lists that were asked for have been told.
    Listed,
    Answer(Answer),
    Seen(Seen),
    Version(String),
    /// Something that means nothing to us.
    Unknown,
    /// It says good-bye, or that it restarts.
    Closing,
}

/// Why something cannot be asked in this dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cannot {
    #[error("this PBX cannot do that")]
    Never,
    #[error(transparent)]
    Unsayable(#[from] Unsayable),
}

/// One conversation.
#[derive(Debug)]
pub enum Dialect {
    Asterisk(Asterisk),
    FreeSwitch(FreeSwitch),
}

impl Dialect {
    /// A conversation that has not begun.
    #[must_use]
    pub fn new(pbx: &Pbx) -> Self {
        let password = pbx.password.clone();
        match pbx.kind {
            PbxKind::Asterisk => Self::Asterisk(Asterisk::new(pbx.user.clone(), password, pbx.tls.is_some())),
            PbxKind::FreeSwitch => {
                let queues = pbx.queues.iter().map(|queue| queue.name.clone()).collect();
                Self::FreeSwitch(FreeSwitch::new(pbx.user.clone(), password, queues))
            }
        }
    }

    /// Bytes as they came.
    pub fn read(&mut self, bytes: &[u8], out: &mut Vec<Heard>) {
        match self {
            Self::Asterisk(dialect) => dialect.read(bytes, out),
            Self::FreeSwitch(dialect) => dialect.read(bytes, out),
        }
    }

    /// Asks for all that is there now; what comes of it ends with [`Heard::Listed`].
    pub fn list(&mut self) -> Vec<String> {
        match self {
            Self::Asterisk(dialect) => dialect.list(),
            Self::FreeSwitch(dialect) => dialect.list(),
        }
    }

    /// Something that is always answered.
    pub fn ping(&mut self) -> String {
        match self {
            Self::Asterisk(dialect) => dialect.ping(),
            Self::FreeSwitch(dialect) => dialect.ping(),
        }
    }

    /// # Errors
    /// [`Cannot`]; nothing is to be sent then.
    pub fn ask(&mut self, token: u64, ask: &Ask) -> Result<Vec<String>, Cannot> {
        match self {
            Self::Asterisk(dialect) => dialect.ask(token, ask),
            Self::FreeSwitch(dialect) => dialect.ask(token, ask),
        }
    }

    /// Messages that could not be read.
    #[must_use]
    pub fn malformed(&self) -> u64 {
        match self {
            Self::Asterisk(dialect) => dialect.malformed(),
            Self::FreeSwitch(dialect) => dialect.malformed(),
        }
    }
}
