//! Starting other programs from the root of the repository: quietly passing their words on, or counting in them.
//! Nothing runs without a limit: a program that outlives its time is ended with all that it started.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// A command as it would be typed.
pub fn command(root: &Path, line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or("true"));
    command.args(words).current_dir(root);
    command
}

/// Runs to the end with the terminal's own output. An error names the command.
pub fn must(mut command: Command) -> Result<(), String> {
    let said = said(&command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{said}` ended with {status}")),
        Err(e) => Err(format!("`{said}` cannot be started: {e}")),
    }
}

/// The command as words, for messages.
pub fn said(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Runs with standard output passed on line by line; `hear` sees each line. Ended after `limit`.
pub fn listen(mut command: Command, limit: Duration, mut hear: impl FnMut(&str)) -> Result<ExitStatus, String> {
    let said = said(&command);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(|e| format!("`{said}` cannot be started: {e}"))?;
    let output = child.stdout.take().ok_or("no output to read")?;
    let (lines, heard) = mpsc::sync_channel::<String>(1000);
    let reader = std::thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut bytes = Vec::new();
        while matches!(output.read_until(b'\n', &mut bytes), Ok(1..)) {
            if lines.send(String::from_utf8_lossy(&bytes).into_owned()).is_err() {
                break;
            }
            bytes.clear();
        }
    });
    let end = now() + limit;
    let mut late = false;
    loop {
        match heard.recv_timeout(end.saturating_duration_since(now())) {
            Ok(line) => {
                print!("{line}");
                hear(line.trim_end());
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                late = true;
                end_family(child.id());
                break;
            }
        }
    }
    let status = child.wait().map_err(|e| format!("`{said}`: {e}"))?;
    if late {
        return Err(format!("`{said}` was still running after {} s and was ended", limit.as_secs()));
    }
    drop(heard);
    _ = reader.join();
    Ok(status)
}

#[expect(clippy::disallowed_methods, reason = "chores run on the wall clock")]
pub fn now() -> Instant {
    Instant::now()
}

/// Ends a process and everything under it, by their numbers.
fn end_family(parent: u32) {
    let mut family = vec![parent];
    let parents = parents();
    let mut next = 0;
    while let Some(one) = family.get(next).copied() {
        family.extend(parents.iter().filter(|(_, above)| *above == one).map(|(pid, _)| *pid));
        next += 1;
    }
    _ = Command::new("kill").arg("-KILL").args(family.iter().map(u32::to_string)).status();
}

/// Every process with its parent (`/proc/PID/stat`, field 4, behind the name in brackets).
fn parents() -> Vec<(u32, u32)> {
    let parent = |entry: std::fs::DirEntry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let above = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        Some((pid, above))
    };
    std::fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(parent).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_heard_line_by_line_and_its_end_is_known() {
        let mut heard = Vec::new();
        let mut sh = Command::new("sh");
        sh.args(["-c", "echo one; echo two; exit 3"]);
        let status = listen(sh, Duration::from_secs(60), |line| heard.push(line.to_owned())).unwrap();
        assert_eq!((heard, status.code()), (vec!["one".into(), "two".into()], Some(3)));
    }

    #[test]
    fn a_program_that_never_ends_is_ended_with_its_children() {
        let mut child = 0;
        let mut sh = Command::new("sh");
        sh.args(["-c", "sleep 1000 & echo $!; wait"]);
        let why = listen(sh, Duration::from_millis(300), |line| child = line.parse().unwrap()).unwrap_err();
        assert!(why.contains("still running"), "{why}");
        let gone = |pid: u32| std::fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "));
        while !gone(child) {
            std::thread::yield_now();
        }
    }
}
