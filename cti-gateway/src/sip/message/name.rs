//! Header names: one spelling each, found without regard to case, compact forms included (RFC 3261 §7.3.3, §20).

use std::{fmt, sync::LazyLock};

macro_rules! names {
    ($($variant:ident = $text:literal $(/ $compact:literal)?),* $(,)?) => {
        /// A header this house knows by name. All others are kept under their own spelling.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Name { $(#[doc = $text] $variant,)* }

        impl Name {
            const ALL: &'static [Name] = &[$(Name::$variant,)*];
            /// The long, canonical spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $(Name::$variant => $text,)* }
            }
            const fn compact(self) -> Option<u8> {
                match self { $($(Name::$variant => Some($compact),)?)* _ => None }
            }
        }
    };
}

names! {
    Accept = "Accept", AcceptEncoding = "Accept-Encoding", AcceptLanguage = "Accept-Language", AlertInfo = "Alert-Info",
    Allow = "Allow", AllowEvents = "Allow-Events" / b'u', AuthenticationInfo = "Authentication-Info",
    Authorization = "Authorization", CallId = "Call-ID" / b'i', CallInfo = "Call-Info", Contact = "Contact" / b'm',
    ContentDisposition = "Content-Disposition", ContentEncoding = "Content-Encoding" / b'e',
    ContentLanguage = "Content-Language", ContentLength = "Content-Length" / b'l', ContentType = "Content-Type" / b'c',
    CSeq = "CSeq", Date = "Date", Diversion = "Diversion", ErrorInfo = "Error-Info", Event = "Event" / b'o',
    Expires = "Expires", From = "From" / b'f', HistoryInfo = "History-Info", InReplyTo = "In-Reply-To", Join = "Join",
    MaxForwards = "Max-Forwards", MimeVersion = "MIME-Version", MinExpires = "Min-Expires", MinSe = "Min-SE",
    Organization = "Organization", PAssertedIdentity = "P-Asserted-Identity",
    PPreferredIdentity = "P-Preferred-Identity", Path = "Path", Priority = "Priority", Privacy = "Privacy",
    ProxyAuthenticate = "Proxy-Authenticate", ProxyAuthorization = "Proxy-Authorization",
    ProxyRequire = "Proxy-Require", RAck = "RAck", RSeq = "RSeq", Reason = "Reason", RecordRoute = "Record-Route",
    ReferSub = "Refer-Sub", ReferTo = "Refer-To" / b'r', ReferredBy = "Referred-By" / b'b',
    RemotePartyId = "Remote-Party-ID", Replaces = "Replaces", ReplyTo = "Reply-To", Require = "Require",
    RetryAfter = "Retry-After", Route = "Route", Server = "Server", SessionExpires = "Session-Expires" / b'x',
    Subject = "Subject" / b's', SubscriptionState = "Subscription-State", Supported = "Supported" / b'k',
    Timestamp = "Timestamp", To = "To" / b't', Unsupported = "Unsupported", UserAgent = "User-Agent", Via = "Via" / b'v',
    Warning = "Warning", WwwAuthenticate = "WWW-Authenticate",
}

const LONGEST: usize = 24;
static BY_LENGTH: LazyLock<[Vec<Name>; LONGEST]> = LazyLock::new(|| {
    std::array::from_fn(|length| Name::ALL.iter().copied().filter(|n| n.as_str().len() == length).collect())
});

impl Name {
    /// The known header of this spelling, in any case, long or compact.
    pub fn find(text: &str) -> Option<Name> {
        if let [letter] = text.as_bytes() {
            let letter = letter.to_ascii_lowercase();
            return Name::ALL.iter().copied().find(|n| n.compact() == Some(letter));
        }
        BY_LENGTH.get(text.len())?.iter().copied().find(|n| n.as_str().eq_ignore_ascii_case(text))
    }

    /// Headers that stand once in a message; a second one with another value makes it unreadable (RFC 4475 §3.3.8).
    pub(super) fn is_single(self) -> bool {
        matches!(
            self,
            Name::CallId | Name::CSeq | Name::From | Name::To | Name::MaxForwards | Name::ContentLength | Name::ContentType
                | Name::Expires | Name::RAck | Name::RSeq | Name::Replaces | Name::ReferTo | Name::SessionExpires
                | Name::MinSe | Name::Event | Name::SubscriptionState
        )
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_compact() {
        for name in Name::ALL {
            assert!(name.as_str().len() < LONGEST, "{name} needs a longer table");
            assert_eq!(Name::find(name.as_str()), Some(*name));
            assert_eq!(Name::find(&name.as_str().to_uppercase()), Some(*name));
        }
        for (short, long) in [("v", Name::Via), ("I", Name::CallId), ("k", Name::Supported), ("x", Name::SessionExpires)] {
            assert_eq!(Name::find(short), Some(long));
        }
        assert_eq!(Name::find("C%6Fntact"), None);
        assert_eq!(Name::find(""), None);
    }
}
