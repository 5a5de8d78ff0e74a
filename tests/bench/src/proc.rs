//! What the system knows of a process: seconds of CPU, memory in use.

use crate::Fault;

/// Seconds of CPU so far, user and system (`/proc/PID/stat`, fields 14 and 15, in clock ticks).
pub fn cpu_seconds(pid: u32) -> Result<f64, Fault> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in brackets, may hold anything.
    let after = stat.rsplit_once(')').ok_or("stat without a name")?.1;
    let ticks: f64 = after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<f64>().ok()).sum();
    // Linux counts in hundredths for every reader of /proc, whatever the kernel's own clock.
    Ok(ticks / 100.0)
}

/// Resident memory in KiB.
pub fn rss_kib(pid: u32) -> Result<u64, Fault> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

/// As many open files as the system allows: two sockets a leg.
pub fn raise_file_limit() -> Result<(), Fault> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_process_has_memory_and_spends_time() {
        let me = std::process::id();
        assert!(rss_kib(me).unwrap() > 100);
        let before = cpu_seconds(me).unwrap();
        while cpu_seconds(me).unwrap() <= before {
            std::hint::black_box((0..100_000_u64).sum::<u64>());
        }
    }
}
