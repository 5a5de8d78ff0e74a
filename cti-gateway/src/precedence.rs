//! Which threads go first where there is too little time for all. Never in this room: what they do.

/// Media: who hears it notices a late packet.
pub(crate) const AUDIO: i32 = -10;
/// Signalling and the switch: before the rest of the program.
pub(crate) const CALLS: i32 = -5;

/// For the calling thread. Where the system does not allow it, the thread runs like any other.
pub(crate) fn ask_for(nice: i32) {
    // SAFETY: no memory is passed; on Linux, who 0 is the calling thread alone.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, nice) };
}
