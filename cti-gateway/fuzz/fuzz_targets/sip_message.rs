#![no_main]
#[path = "../checks/sip_message.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check::holds(data));
