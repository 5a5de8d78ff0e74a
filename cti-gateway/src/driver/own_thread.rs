//! A thread for signalling alone, and one for the switch. In a flood the ledger and the folds are busy for long stretches, and
//! whoever shared a thread with them would answer late: refused callers repeat what they said, which makes the flood larger.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;
use tokio_util::task::AbortOnDropHandle;

use crate::precedence;

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

    /// Begins it. It ends with `work`, whatever the way; no runtime of the house ends it, so it is cut off with its handle.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn run(self, work: impl Future<Output = ()> + Send + 'static) -> io::Result<AbortOnDropHandle<()>> {
        let (over, ended) = oneshot::channel::<()>();
        let task = self.handle.spawn(async move {
            let _over = over;
            work.await;
        });
        std::thread::Builder::new().name(self.name.to_owned()).spawn(move || {
            precedence::ask_for(precedence::CALLS);
            if let Some(runtime) = &self.runtime {
                // Nothing is ever sent: it is over when the other end is dropped.
                let _ = runtime.block_on(ended);
            }
        })?;
        Ok(AbortOnDropHandle::new(task))
    }
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
            let ended = task.abort_handle();
            let _kept = (!cut).then_some(task);
            let _ = tokio::time::timeout(Duration::from_secs(20), gone).await.expect("the runtime ends");
            assert!(ended.is_finished());
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
