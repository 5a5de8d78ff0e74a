//! One call is one conversation, from the first INVITE to the last BYE.
