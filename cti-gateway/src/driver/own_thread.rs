//! A thread for signalling alone, and one for the switch. In a flood the ledger and the folds are busy for long stretches, and
//! whoever shared a thread with them would answer late: refused callers repeat what they said, which makes the flood larger.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, JoinHandle};

/// Before the rest of the program and behind media, which may wait least. Where the system does not allow it, the thread runs
/// like any other.
const NICE: libc::c_int = -5;

/// What is made on its [`OwnThread::handle`] belongs to it. Begun by [`OwnThread::run`].
pub(super) struct OwnThread {
    name: &'static str,
    handle: Handle,
    /// Until it is dropped.
    runtime: Option<Runtime>,
}

impl Drop for OwnThread {
    fn drop(&mut self) {
        // A runtime that waits for its end may not be dropped by a task of another.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl OwnThread {
    /// # Errors
    /// If the system gives no epoll.
    pub fn new(name: &'static str) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { name, handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Begins it. It ends with `work`, whatever the way.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn run(self, work: impl Future<Output = ()> + Send + 'static) -> io::Result<JoinHandle<()>> {
        let (over, ended) = oneshot::channel::<()>();
        let task = self.handle.spawn(async move {
            let _over = over;
            work.await;
        });
        std::thread::Builder::new().name(self.name.to_owned()).spawn(move || {
            ask_for_precedence();
            if let Some(runtime) = &self.runtime {
                // Nothing is ever sent: it is over when the other end is dropped.
                let _ = runtime.block_on(ended);
            }
        })?;
        Ok(task)
    }
}

/// Cuts a task off when dropped, as no runtime of the house ends it.
pub(super) struct CutOff(AbortHandle);

impl CutOff {
    pub fn of(task: &JoinHandle<()>) -> Self {
        Self(task.abort_handle())
    }
}

impl Drop for CutOff {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn ask_for_precedence() {
    // SAFETY: no memory is passed; on Linux, who 0 is the calling thread alone.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICE) };
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// What ended is told by a word that is dropped with the thread's runtime.
    #[tokio::test]
    async fn a_thread_ends_with_its_work_with_a_panic_in_it_and_where_it_is_cut_off() {
        type Begin = fn() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;
        let ways: [(Begin, bool); 3] = [
            (|| Box::pin(async {}), false),
            (|| Box::pin(async { panic!("as such work may") }), false),
            (|| Box::pin(std::future::pending()), true),
        ];
        for (begin, cut) in ways {
            let thread = OwnThread::new("on its own").unwrap();
            let (beside, gone) = oneshot::channel::<()>();
            thread.handle().spawn(async move {
                let _beside = beside;
                std::future::pending::<()>().await;
            });
            let task = thread.run(begin()).unwrap();
            if cut {
                drop(CutOff::of(&task));
            }
            let _ = tokio::time::timeout(Duration::from_secs(20), gone).await.expect("the runtime ends");
            assert!(task.is_finished());
        }
    }

    /// As where the sockets cannot be had.
    #[tokio::test]
    async fn a_thread_that_is_never_begun_is_dropped_without_harm() {
        drop(OwnThread::new("never").unwrap());
    }

    #[tokio::test]
    async fn work_is_done_on_a_thread_of_that_name() {
        let (tell, told) = oneshot::channel();
        let name = || std::thread::current().name().map(str::to_owned);
        let work = async move { tell.send(name()).unwrap() };
        OwnThread::new("on its own").unwrap().run(work).unwrap().await.unwrap();
        assert_eq!(told.await.unwrap().as_deref(), Some("on its own"));
    }
}
