//! SIP signalling without I/O (RFC 3261 and friends).

