//! Text to speech by a command of the administrator's choice: text on its standard input, a WAV file on its standard
//! output. What was spoken is kept (bounded), so a sentence is made once.

use std::collections::{HashMap, VecDeque};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::media::Clip;

/// Sentences kept.
const MOST_KEPT: usize = 500;
/// A command that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(10);

pub type Sentence = (ivr::Language, String);

/// What has been spoken, and the command that speaks.
#[derive(Debug, Default)]
pub struct Speech {
    /// Program and arguments; `{language}` is replaced by `zh-CN` or `en`. Empty: there is no speech.
    command: Vec<String>,
    kept: HashMap<Sentence, Arc<Clip>>,
    order: VecDeque<Sentence>,
}

impl Speech {
    pub fn new(command: Vec<String>) -> Self {
        Self { command, ..Self::default() }
    }

    pub fn is_configured(&self) -> bool {
        !self.command.is_empty()
    }

    pub fn kept(&self, sentence: &Sentence) -> Option<Arc<Clip>> {
        self.kept.get(sentence).cloned()
    }

    pub fn keep(&mut self, sentence: Sentence, clip: Arc<Clip>) {
        if self.kept.insert(sentence.clone(), clip).is_none() {
            self.order.push_back(sentence);
        }
        while self.order.len() > MOST_KEPT {
            if let Some(oldest) = self.order.pop_front() {
                self.kept.remove(&oldest);
            }
        }
    }

    pub fn command(&self, language: ivr::Language) -> Vec<String> {
        self.command.iter().map(|part| part.replace("{language}", language.code())).collect()
    }
}

/// Speaks one sentence.
///
/// # Errors
/// In words for the log: what the command did wrong.
pub async fn speak(command: Vec<String>, text: String) -> Result<Arc<Clip>, String> {
    let (program, args) = command.split_first().ok_or("no speech command is configured")?;
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| format!("speech command `{program}` does not start: {e}"))?;
    let mut stdin = child.stdin.take().ok_or("speech command has no input")?;
    let work = async move {
        stdin.write_all(text.as_bytes()).await.map_err(|e| format!("speech command takes no text: {e}"))?;
        drop(stdin);
        let output = child.wait_with_output().await.map_err(|e| format!("speech command failed: {e}"))?;
        if !output.status.success() {
            return Err(format!("speech command ended with {}", output.status));
        }
        Clip::from_wav("speech", &output.stdout).map(Arc::new).map_err(|e| format!("speech command made no WAV: {e}"))
    };
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| Err(format!("speech took over {} s", PATIENCE.as_secs())))
}
