//! SIPp, the load that nobody here wrote: one process with a scenario of `scenarios/`, its counts read from its own file.

use std::net::{SocketAddr, UdpSocket};
use std::ops::Range;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use crate::{Fault, now, wait};

const PORTS: Range<u16> = 10_000..12_000;

/// How a run is asked for.
#[derive(Debug, Clone)]
pub struct Load {
    pub scenario: &'static str,
    /// Digits dialed.
    pub service: &'static str,
    /// Calls a second.
    pub rate: u32,
    /// Calls in all.
    pub calls: u32,
    /// Calls at once; more wait inside SIPp.
    pub at_once: u32,
    /// How long `<pause/>` lasts.
    pub hold: Duration,
    /// Lines of the file that `[field0]` reads.
    pub lines: Vec<String>,
}

/// Counts since the start of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counts {
    pub created: u64,
    pub current: u64,
    pub successful: u64,
    pub failed: u64,
    pub refused: u64,
    pub retransmissions: u64,
    /// Seconds since the start.
    pub seconds: f64,
}

/// A running SIPp. Ended when dropped.
pub struct Sipp {
    child: Child,
    folder: tempfile::TempDir,
}

/// A free port, another each time. It lies where neither the kernel nor the house looks for one: nobody takes it in the
/// moments in which SIPp does not hold it.
pub fn port() -> Result<u16, Fault> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    for _ in PORTS {
        let port = PORTS.start + NEXT.fetch_add(1, Ordering::Relaxed) % (PORTS.end - PORTS.start);
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(format!("no free port in {PORTS:?}").into())
}

fn scenario(name: &str) -> Result<&'static str, Fault> {
    Ok(match name {
        "caller_prompt" => include_str!("../scenarios/caller_prompt.xml"),
        "caller_queue" => include_str!("../scenarios/caller_queue.xml"),
        "caller_talk" => include_str!("../scenarios/caller_talk.xml"),
        "agent_plain" => include_str!("../scenarios/agent_plain.xml"),
        "agent_short" => include_str!("../scenarios/agent_short.xml"),
        "agent_talk" => include_str!("../scenarios/agent_talk.xml"),
        other => return Err(format!("no scenario {other}").into()),
    })
}

impl Sipp {
    /// Places calls to `server`.
    pub fn call(server: SocketAddr, load: &Load) -> Result<Self, Fault> {
        let numbers = [
            ("-s", load.service.to_owned()),
            ("-r", load.rate.to_string()),
            ("-m", load.calls.to_string()),
            ("-l", load.at_once.to_string()),
            ("-d", load.hold.as_millis().to_string()),
        ];
        Self::start(server, port()?, load.scenario, &load.lines, &numbers)
    }

    /// Takes calls at `port`, as many as come.
    pub fn answer(server: SocketAddr, port: u16, scenario: &str, lines: &[String]) -> Result<Self, Fault> {
        Self::start(server, port, scenario, lines, &[])
    }

    fn start(server: SocketAddr, port: u16, name: &str, lines: &[String], more: &[(&str, String)]) -> Result<Self, Fault> {
        let folder = tempfile::tempdir()?;
        let place = |name: &str| folder.path().join(name);
        std::fs::write(place("scenario.xml"), scenario(name)?)?;
        let mut command = Command::new("sipp");
        command.arg(server.to_string()).arg("-sf").arg(place("scenario.xml"));
        command.args(["-i", "127.0.0.1", "-p", &port.to_string(), "-nostdin", "-buff_size", "8000000"]);
        command.args(["-max_retrans", "6", "-recv_timeout", "30000", "-trace_stat", "-fd", "200ms", "-trace_logs"]);
        command.arg("-stf").arg(place("counts.csv")).arg("-log_file").arg(place("log"));
        if !lines.is_empty() {
            std::fs::write(place("lines.csv"), format!("SEQUENTIAL\n{}\n", lines.join("\n")))?;
            command.arg("-inf").arg(place("lines.csv"));
        }
        for (option, value) in more {
            command.args([option, &value.as_str()]);
        }
        let child = command
            .current_dir(folder.path())
            .env("TERM", "dumb")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("sipp cannot be started ({e}): apt-get install sip-tester"))?;
        Ok(Self { child, folder })
    }

    /// Waits until its calls are over, at most so long.
    pub fn finish(mut self, patience: Duration) -> Result<Counts, Fault> {
        let end = now() + patience;
        while self.child.try_wait()?.is_none() && now() < end {
            wait(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        self.child.wait()?;
        self.counts()
    }

    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The last line of its file; zero before the first.
    pub fn counts(&self) -> Result<Counts, Fault> {
        read(&self.folder.path().join("counts.csv"))
    }

    /// What its scenario logged, line by line.
    pub fn log(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(path: &Path) -> Result<Counts, Fault> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut lines = text.lines();
    let Some(names) = lines.next() else { return Ok(Counts::default()) };
    // The last line may be half written: it then has fewer columns.
    let columns = names.split(';').count();
    let Some(values) = lines.rfind(|line| line.split(';').count() >= columns) else { return Ok(Counts::default()) };
    let values: Vec<&str> = values.split(';').collect();
    let value = |name: &str| names.split(';').position(|n| n == name).and_then(|n| values.get(n).copied()).unwrap_or_default();
    let count = |name: &str| value(name).parse::<u64>().unwrap_or(0);
    // "date\ttime\tseconds since the epoch"
    let moment = |name: &str| value(name).rsplit('\t').next().and_then(|s| s.parse::<f64>().ok()).unwrap_or(0.0);
    Ok(Counts {
        created: count("TotalCallCreated"),
        current: count("CurrentCall"),
        successful: count("SuccessfulCall(C)"),
        failed: count("FailedCall(C)"),
        refused: count("refused(C)"),
        retransmissions: count("Retransmissions(C)"),
        seconds: moment("CurrentTime") - moment("StartTime"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_come_from_the_last_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.csv");
        let text = "StartTime;CurrentTime;TotalCallCreated;CurrentCall;SuccessfulCall(C);FailedCall(C);refused(C);Retransmissions(C);\n\
            d\tt\t10.5;d\tt\t12.0;9;1;7;0;1;2;\nd\tt\t10.5;d\tt\t13.0;1";
        std::fs::write(&path, text).unwrap();
        let counts = Counts { created: 9, current: 1, successful: 7, failed: 0, refused: 1, retransmissions: 2, seconds: 1.5 };
        assert_eq!(read(&path).unwrap(), counts);
        assert_eq!(read(&folder.path().join("none")).unwrap(), Counts::default());
    }
}
