//! The machine a figure was taken on, for the head of every report.

use std::process::Command;

fn first_line(program: &str, arguments: &[&str]) -> String {
    let out = Command::new(program).args(arguments).output();
    out.ok().and_then(|o| String::from_utf8(o.stdout).ok()?.lines().next().map(str::to_owned)).unwrap_or_default()
}

/// Markdown lines: processor, cores, memory, system, tools, and how busy the machine was beforehand.
pub fn describe() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find_map(|l| l.strip_prefix("model name")).map_or("unknown", |l| l.trim_start_matches([' ', '\t', ':']));
    let cores = cpuinfo.lines().filter(|l| l.starts_with("processor")).count();
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: u64 = memory.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let build = if cfg!(debug_assertions) { "DEBUG BUILD: figures mean nothing" } else { "release" };
    format!(
        "- processor: {model}, {cores} cores; memory {} GiB\n- system: {} {}; SIPp {}\n- build: {build}; {}\n- load average before: {load} (1 and 5 min)\n",
        kib >> 20,
        first_line("uname", &["-s"]),
        first_line("uname", &["-r"]),
        sipp_version(),
        first_line("rustc", &["--version"]),
    )
}

fn sipp_version() -> String {
    let out = Command::new("sipp").arg("-v").output().map(|o| o.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&out).into_owned();
    text.split_whitespace().find(|w| w.starts_with('v')).unwrap_or("missing").trim_end_matches(['.', '-']).to_owned()
}
