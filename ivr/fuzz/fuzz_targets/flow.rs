#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ivr::fuzz_compile(data));
