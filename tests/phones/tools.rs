//! Programs of others, run for a test: their lines are heard, they end with the test. Files they need are made here.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use cti_gateway::media::{Law, tone};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;
use zuoxi_tests::phone::PATIENCE;

/// Lines kept while nobody reads them.
const LINES: usize = 10_000;

/// A program that runs; it is killed when dropped.
pub struct Tool {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    lines: mpsc::Receiver<String>,
    heard: Vec<String>,
    /// The process group, of a program that has children: they end with it.
    group: Option<u32>,
}

impl Tool {
    /// Starts it in `folder`. Both its outputs are heard.
    pub fn start(folder: &Path, program: &str, args: &[String]) -> Result<Self, String> {
        Self::start_command(Command::new(program), folder, program, args)
    }

    /// The same for a program that has children of its own.
    pub fn start_group(folder: &Path, program: &str, args: &[String]) -> Result<Self, String> {
        let mut command = Command::new(program);
        command.process_group(0);
        let mut tool = Self::start_command(command, folder, program, args)?;
        tool.group = tool.child.id();
        Ok(tool)
    }

    fn start_command(mut command: Command, folder: &Path, program: &str, args: &[String]) -> Result<Self, String> {
        command.args(args).current_dir(folder).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let missing = |e| format!("`{program}` does not start ({e}); tests/install.sh installs what the tests need");
        let mut child = command.spawn().map_err(missing)?;
        let (tell, lines) = mpsc::channel(LINES);
        if let Some(out) = child.stdout.take() {
            tokio::spawn(read(BufReader::new(out), tell.clone()));
        }
        if let Some(err) = child.stderr.take() {
            tokio::spawn(read(BufReader::new(err), tell));
        }
        let input = child.stdin.take();
        Ok(Self { name: program.to_owned(), child, input, lines, heard: Vec::new(), group: None })
    }

    /// Waits for a line that holds `text`.
    pub async fn says(&mut self, text: &str) -> Result<String, String> {
        let found = timeout(PATIENCE, async {
            while let Some(line) = self.lines.recv().await {
                self.heard.push(line.clone());
                if line.contains(text) {
                    return Some(line);
                }
            }
            None
        });
        let line = found.await.ok().flatten();
        let last = self.heard.iter().rev().take(15).rev().cloned().collect::<Vec<_>>().join("\n  ");
        line.ok_or_else(|| format!("{} never said {text:?}; it said:\n  {last}", self.name))
    }

    /// Gives it a line.
    pub async fn told(&mut self, line: &str) -> Result<(), String> {
        let input = self.input.as_mut().ok_or("it hears no more")?;
        input.write_all(format!("{line}\n").as_bytes()).await.map_err(|e| format!("{}: {e}", self.name))
    }

    /// Waits for its end, which must be a good one.
    pub async fn ends_well(&mut self, within: Duration) -> Result<(), String> {
        let status = timeout(within, self.child.wait()).await.map_err(|_| format!("{} does not end", self.name))?;
        let status = status.map_err(|e| e.to_string())?;
        if status.success() {
            return Ok(());
        }
        while let Some(line) = self.lines.recv().await {
            self.heard.push(line);
        }
        let last = self.heard.iter().rev().take(60).rev().cloned().collect::<Vec<_>>().join("\n  ");
        Err(format!("{} ended with {status}:\n  {last}", self.name))
    }

    /// Asks it to end as Ctrl-C does, and waits.
    pub async fn interrupt(&mut self) -> Result<(), String> {
        if let Some(id) = self.child.id() {
            let kill = Command::new("kill").args(["-INT", &id.to_string()]).status().await;
            kill.map_err(|e| e.to_string())?;
        }
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.map(drop).map_err(|_| format!("{} does not end", self.name))
    }
}

impl Drop for Tool {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // What is gone already needs no signal.
            let kill = ["-KILL", "--", &format!("-{group}")].map(str::to_owned);
            let _ = std::process::Command::new("kill").args(kill).stderr(Stdio::null()).status();
        }
    }
}

async fn read(mut from: BufReader<impl tokio::io::AsyncRead + Unpin>, tell: mpsc::Sender<String>) {
    let mut line = Vec::new();
    while let Ok(1..) = from.read_until(b'\n', &mut line).await {
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        line.clear();
        // A test that listens no more must not stop the program.
        let _ = tell.try_send(text);
    }
}

/// A WAV file with a tone, 8 kHz mono.
pub fn tone_wav(path: &Path, hz: f64, seconds: u32) -> Result<(), hound::Error> {
    let spec = hound::WavSpec { channels: 1, sample_rate: 8000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(path, spec)?;
    for sample in tone::sine(&[(hz, -12.0)], seconds * 1000) {
        wav.write_sample(sample)?;
    }
    wav.finalize()
}

/// µ-law without a header, as SIPp plays it.
pub fn tone_ulaw(path: &Path, hz: f64, seconds: u32) -> std::io::Result<()> {
    let clip = cti_gateway::media::Clip::from_samples("tone", &tone::sine(&[(hz, -12.0)], seconds * 1000));
    std::fs::write(path, clip.bytes(Law::Mu))
}

/// A file of the tests.
pub fn ours(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub fn words(args: &[&str]) -> Vec<String> {
    args.iter().map(|a| (*a).to_owned()).collect()
}

/// What goes over loopback meanwhile, caught.
pub struct Capture {
    tool: Tool,
    pub file: PathBuf,
}

impl Capture {
    pub async fn start(folder: &Path) -> Result<Self, String> {
        let file = folder.join("wire.pcapng");
        let args = words(&["-i", "lo", "-f", "udp or tcp", "-w", &file.display().to_string()]);
        let mut tool = Tool::start(folder, "tshark", &args)?;
        tool.says("Capturing on").await?;
        Ok(Self { tool, file })
    }

    /// Ends once a last mark of ours is in the file: what went before is then too.
    pub async fn stop(mut self) -> Result<PathBuf, String> {
        let mark = format!("the capture {} ends here", std::process::id());
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
        let mut look = tokio::time::interval(Duration::from_millis(100));
        let seen = timeout(PATIENCE, async {
            loop {
                look.tick().await;
                // Nobody listens there, which some systems tell the sender.
                let _ = socket.send_to(mark.as_bytes(), "127.0.0.1:9");
                let bytes = std::fs::read(&self.file).unwrap_or_default();
                if bytes.windows(mark.len()).any(|w| w == mark.as_bytes()) {
                    return;
                }
            }
        });
        seen.await.map_err(|_| "the capture never wrote its last packets".to_owned())?;
        self.tool.interrupt().await?;
        Ok(self.file)
    }
}

/// What tshark reads in a capture: one line a packet, its fields parted by tabs.
pub async fn tshark(file: &Path, more: &[String]) -> Result<Vec<String>, String> {
    let output = Command::new("tshark").arg("-r").arg(file).args(more).output().await.map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}
