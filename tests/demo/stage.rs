//! What callers and agents of the demo share: what is said, chance, who met whom, and the end of the play.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cti_gateway::media::Clip;
use tokio::sync::{oneshot, watch};
use zuoxi_tests::phone::Sound;

/// See the room story.
pub struct Stage {
    pub web: SocketAddr,
    pub sip: SocketAddr,
    pub sound: Sound,
    clips: HashMap<&'static str, Vec<Arc<Clip>>>,
    chance: AtomicU64,
    stop: watch::Receiver<bool>,
    /// Callers by number, waiting to hear that an agent answered.
    waiting: Mutex<HashMap<String, oneshot::Sender<()>>>,
}

pub const LANGUAGES: [&str; 2] = ["zh-CN", "en"];

impl Stage {
    /// # Errors
    /// In words: prompts that cannot be read.
    pub fn new(
        (web, sip): (SocketAddr, SocketAddr),
        sound: Sound,
        prompts: &Path,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, String> {
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).map_err(|e| e.to_string())?;
        let mut clips = HashMap::new();
        for language in LANGUAGES {
            let folder = prompts.join(language);
            let names = ["enter-order", "leave-message", "all-busy", "please-wait", "transferring", "you-are-next"];
            let load = |name: &&str| Clip::load(&folder.join(format!("{name}.wav"))).map(Arc::new).map_err(|e| e.to_string());
            clips.insert(language, names.iter().map(load).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(Self { web, sip, sound, clips, chance: AtomicU64::new(u64::from_le_bytes(seed)), stop, waiting: Mutex::default() })
    }

    /// Below `n`, at least 0 (SplitMix64).
    pub fn below(&self, n: u64) -> u64 {
        let mut z = self.chance.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n.max(1)
    }

    pub fn of<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        from.get(usize::try_from(self.below(from.len() as u64)).unwrap_or(0))
    }

    /// So often in a hundred.
    pub fn happens(&self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Something to say.
    pub fn speech(&self, language: &str) -> Option<Arc<Clip>> {
        self.of(self.clips.get(language)?).cloned()
    }

    pub fn is_over(&self) -> bool {
        *self.stop.borrow()
    }

    /// Waits so long. `false`: the play is over.
    pub async fn pause(&self, seconds: std::ops::Range<u64>) -> bool {
        let ms = seconds.start * 1000 + self.below((seconds.end - seconds.start).max(1) * 1000);
        let mut stop = self.stop.clone();
        tokio::time::timeout(Duration::from_millis(ms), stop.wait_for(|over| *over)).await.is_err()
    }

    pub async fn over(&self) {
        let mut stop = self.stop.clone();
        // Nobody can end the play any more: it is over.
        let _ = stop.wait_for(|over| *over).await;
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<String, oneshot::Sender<()>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A caller of this number wants to know when an agent answers.
    pub fn wait_for_agent(&self, number: &str) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        self.waiting().insert(number.to_owned(), tell);
        told
    }

    /// An agent answered a caller of this number.
    pub fn met(&self, number: &str) {
        let tell = self.waiting().remove(number);
        if let Some(tell) = tell {
            // The caller may have hung up this moment.
            let _ = tell.send(());
        }
    }

    pub fn forget(&self, number: &str) {
        self.waiting().remove(number);
    }
}
