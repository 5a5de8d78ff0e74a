//! A scripted browser: an agent's side of WebRTC that speaks a tone and writes down what it hears, as a [`super::Phone`] does.
//! It is rung and pressed by its desk, so that there is nothing to lift. Start at [`BrowserPhone::open`].

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use cti_gateway::media::{Law, tone};
use tokio::time::timeout;

use super::{Ear, LOOK, PATIENCE, Trouble};
use crate::peer::{Browser, Side as _, now};

const FRAME: Duration = Duration::from_millis(20);
/// Bytes before the audio, as an [`Ear`] passes them over.
const HEAD: [u8; 44] = [0; 44];

struct Shared {
    over: AtomicBool,
    /// What it says, in A-law; empty: nothing.
    says: Mutex<Vec<u8>>,
}

/// Dropped, it is gone without a word.
pub struct BrowserPhone {
    name: String,
    shared: Arc<Shared>,
    path: PathBuf,
    thread: Option<JoinHandle<()>>,
}

impl BrowserPhone {
    /// What it hears is written below `folder`. `answer`: what the house says to its offer.
    ///
    /// # Errors
    /// [`Trouble::Io`] of the file, or what the house refused.
    pub async fn open<A, E>(name: &str, folder: &Path, answer: impl FnOnce(String) -> A) -> Result<Self, Trouble>
    where
        A: Future<Output = Result<String, E>>,
        E: std::fmt::Display,
    {
        let io = |error| Trouble::Io { phone: name.to_owned(), error };
        let (mut browser, offer) = Browser::new();
        browser.accept(&answer(offer).await.map_err(|why| io(std::io::Error::other(why.to_string())))?);
        let path = folder.join(format!("{name}.wav"));
        let mut file = File::create(&path).map_err(io)?;
        file.write_all(&HEAD).map_err(io)?;
        let shared = Arc::new(Shared { over: AtomicBool::new(false), says: Mutex::default() });
        let thread = std::thread::spawn({
            let shared = shared.clone();
            move || live(browser, &shared, &mut file)
        });
        Ok(Self { name: name.to_owned(), shared, path, thread: Some(thread) })
    }

    /// Speaks this tone until something else is said.
    pub fn say_tone(&self, hz: f64) {
        let samples = tone::sine(&[(hz, -12.0)], 1000);
        let mut bytes = vec![0; samples.len()];
        Law::A.encode(&samples, &mut bytes);
        *self.shared.says.lock().unwrap_or_else(PoisonError::into_inner) = bytes;
    }

    /// Waits until `is` holds for what is heard from now on.
    ///
    /// # Errors
    /// [`Trouble::Waited`] naming `what`.
    pub async fn hears(&self, what: &str, is: impl Fn(&Ear) -> bool) -> Result<(), Trouble> {
        let (mut ear, mut look) = (Ear::at_end(&self.path, 1, 0), tokio::time::interval(LOOK));
        let heard = timeout(PATIENCE, async {
            while !is(&ear) {
                look.tick().await;
                ear.listen();
            }
        });
        let waited = heard.await;
        waited.map_err(|_| Trouble::Waited {
            phone: self.name.clone(),
            what: what.to_owned(),
            state: format!("heard {} ms", ear.samples().len() / 8),
        })
    }
}

impl Drop for BrowserPhone {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        // A panic there has been printed.
        self.thread.take().into_iter().for_each(|thread| drop(thread.join()));
    }
}

#[expect(clippy::disallowed_methods, reason = "a browser keeps a pace of its own")]
fn live(mut browser: Browser, shared: &Shared, file: &mut File) {
    let (mut n, mut next, mut written) = (0_u32, now(), 0);
    while !shared.over.load(Ordering::Relaxed) {
        if now() >= next {
            next += FRAME;
            n += 1;
            let says = shared.says.lock().unwrap_or_else(PoisonError::into_inner);
            // A tone is a second long and whole in its waves.
            let at = (n as usize % 50) * 160;
            let frame = says.get(at..at + 160).map_or_else(|| vec![Law::A.silence(); 160], <[u8]>::to_vec);
            drop(says);
            browser.speak(n, frame);
        }
        browser.hear();
        for (payload_type, payload) in &browser.heard()[written..] {
            let law = if *payload_type == 0 { Law::Mu } else { Law::A };
            let bytes: Vec<u8> = payload.iter().flat_map(|byte| law.decoder()[usize::from(*byte)].to_le_bytes()).collect();
            if file.write_all(&bytes).is_err() {
                return;
            }
        }
        written = browser.heard().len();
        std::thread::sleep(Duration::from_millis(2));
    }
}
