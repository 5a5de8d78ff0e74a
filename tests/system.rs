//! The whole program, started and stopped as a process: its first start, a call through all of it, desks that come and go,
//! sounds of its own, its sudden end, its orderly end. Each test has a data folder and ports of its own.

mod system_call;
mod system_crash;
mod system_desk;
mod system_drain;
mod system_prompts;
mod system_start;
