//! Any header value: no panic, and challenges and credentials are the same after printing and reading again.

use cti_gateway::sip::auth::{Challenge, Credentials};

pub fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // Line ends and NUL become blanks on the way out; headers hold no others.
    let text = text.replace(['\r', '\n', '\0'], " ");
    for challenge in Challenge::read(&text) {
        let printed = challenge.to_string();
        assert_eq!(Challenge::read(&printed), [challenge], "{printed}");
    }
    for credentials in Credentials::read(&text) {
        let printed = credentials.to_string();
        let again = Credentials::read(&printed);
        assert_eq!(again.len(), 1, "{printed}");
        assert_eq!((&again[0].username, &again[0].nonce), (&credentials.username, &credentials.nonce), "{printed}");
    }
}
