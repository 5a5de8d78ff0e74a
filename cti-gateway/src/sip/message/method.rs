//! Request methods. Case matters (RFC 3261 §7.1); unknown ones are kept, never guessed.

use std::fmt;

macro_rules! methods {
    ($($variant:ident = $text:literal),* $(,)?) => {
        /// What a request asks for. Anything unknown is kept as it came.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum Method { $(#[doc = $text] $variant,)* /// A method this house has no name for, as it was written.
            Other(String) }

        impl Method {
            /// The method of this spelling. Spelling is case-sensitive: `invite` is not INVITE.
            pub fn new(text: &str) -> Method {
                match text { $($text => Method::$variant,)* other => Method::Other(other.to_owned()) }
            }
            /// As printed on the request line.
            pub fn as_str(&self) -> &str {
                match self { $(Method::$variant => $text,)* Method::Other(other) => other }
            }
        }
    };
}

methods! {
    Invite = "INVITE", Ack = "ACK", Bye = "BYE", Cancel = "CANCEL", Register = "REGISTER", Options = "OPTIONS",
    Prack = "PRACK", Update = "UPDATE", Info = "INFO", Refer = "REFER", Notify = "NOTIFY", Subscribe = "SUBSCRIBE",
    Message = "MESSAGE", Publish = "PUBLISH",
}

impl Method {
    /// A method of some published RFC, as opposed to [`Method::Other`]: refused with 405, not 501.
    pub fn is_known(&self) -> bool {
        !matches!(self, Method::Other(_))
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
