//! One TCP or TLS connection: reads messages, answers keep-alives, writes what is queued, ends when idle or stuck.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt as _;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsStream;

use super::connections::Place;
use crate::sip::api::Flow;
use crate::sip::message::{Framed, Framer, Message};

/// Longer than any registration lives, so that a phone is not cut off while registered.
const IDLE: Duration = Duration::from_secs(3900);
/// A connection that has not brought a whole message by then is no SIP.
const FIRST_MESSAGE: Duration = Duration::from_secs(30);
/// A peer that does not read for so long is gone.
const WRITE: Duration = Duration::from_secs(10);
/// How long a connection that cannot be cut into messages any more stays open for our refusal.
const LAST_WORD: Duration = Duration::from_secs(1);
const PONG: Bytes = Bytes::from_static(b"\r\n");

/// What a connection has to say.
pub(super) enum News {
    Accepted { flow: Flow, stream: TcpStream, permit: Place },
    Message { flow: Flow, message: Box<Message> },
    Closed { flow: Flow, number: u64, how: How },
}

/// The bytes below SIP.
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// How a connection came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Everything queued went out.
    Sent,
    /// Something was left unsent.
    Unsent,
    /// It came for TLS and did not agree on it.
    NoTls,
    /// Its task panicked.
    Broke,
}

/// Serves a connection to its end.
pub(super) async fn serve(
    flow: Flow,
    number: u64,
    stream: Stream,
    writer: mpsc::Sender<Bytes>,
    queue: mpsc::Receiver<Bytes>,
    tell: mpsc::Sender<News>,
    permit: Place,
) {
    // Signalling is small and must not wait for more of it.
    let how = match stream {
        Stream::Plain(stream) => {
            let _ = stream.set_nodelay(true);
            let (input, output) = stream.into_split();
            both(flow, input, output, writer, queue, &tell).await
        }
        Stream::Tls(stream) => {
            let _ = stream.get_ref().0.set_nodelay(true);
            let (input, output) = tokio::io::split(*stream);
            both(flow, input, output, writer, queue, &tell).await
        }
    };
    drop(permit);
    let _ = tell.send(News::Closed { flow, number, how }).await;
}

async fn both(
    flow: Flow,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin,
    writer: mpsc::Sender<Bytes>,
    queue: mpsc::Receiver<Bytes>,
    tell: &mpsc::Sender<News>,
) -> How {
    guarded(async {
        tokio::select! {
            () = read(flow, input, writer, tell) => true,
            sent = write(output, queue) => sent,
        }
    })
    .await
}

/// A panic over one connection costs that connection, and its end is told like any other.
async fn guarded(work: impl Future<Output = bool>) -> How {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(true) => How::Sent,
        Ok(false) => How::Unsent,
        Err(_) => How::Broke,
    }
}

async fn read(flow: Flow, mut input: impl AsyncRead + Unpin, writer: mpsc::Sender<Bytes>, tell: &mpsc::Sender<News>) {
    // Held weakly, or the writing side would never see its last sender go.
    let own = writer.downgrade();
    drop(writer);
    let mut framer = Framer::new();
    let mut buffer = BytesMut::with_capacity(8192);
    let mut patience = FIRST_MESSAGE;
    loop {
        buffer.clear();
        match timeout(patience, input.read_buf(&mut buffer)).await {
            Ok(Ok(length)) if length > 0 => framer.push(&buffer),
            Ok(Ok(_) | Err(_)) | Err(_) => return,
        }
        while let Some(frame) = framer.next_frame() {
            match frame {
                Framed::Message(message) => {
                    patience = IDLE;
                    if tell.send(News::Message { flow, message }).await.is_err() {
                        return;
                    }
                }
                Framed::Ping => {
                    if let Some(writer) = own.upgrade() {
                        let _ = writer.try_send(PONG);
                    }
                }
                Framed::Skipped(why) => tracing::debug!(remote = %flow.remote, "passed over a message: {why}"),
                Framed::Lost { problem, last } => {
                    tracing::info!(remote = %flow.remote, "SIP connection with {} is closed: {problem}", flow.remote);
                    if let Some(message) = last {
                        let _ = tell.send(News::Message { flow, message }).await;
                        // The refusal is written before the end; what still comes is thrown away.
                        let _ = timeout(LAST_WORD, discard(&mut input)).await;
                    }
                    return;
                }
            }
        }
    }
}

async fn discard(input: &mut (impl AsyncRead + Unpin)) {
    let mut waste = [0; 4096];
    while let Ok(1..) = input.read(&mut waste).await {}
}

/// False: something was left unsent.
async fn write(mut output: impl AsyncWrite + Unpin, mut queue: mpsc::Receiver<Bytes>) -> bool {
    while let Some(bytes) = queue.recv().await {
        // TLS keeps back what is not flushed.
        let written = async {
            output.write_all(&bytes).await?;
            output.flush().await
        };
        match timeout(WRITE, written).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return false,
        }
    }
    let _ = timeout(LAST_WORD, output.shutdown()).await;
    true
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::net::TcpListener;
    use tokio::sync::Semaphore;

    use super::*;
    use crate::sip::api::Transport;

    /// Longest anything here may take; only a broken run meets it.
    const PATIENCE: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn a_connection_nobody_can_write_to_any_more_is_closed_after_its_last_message() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let local = listener.local_addr().unwrap();
        let mut peer = TcpStream::connect(local).await.unwrap();
        let (stream, remote) = listener.accept().await.unwrap();
        let flow = Flow { transport: Transport::Tcp, local, remote };
        let (writer, queue) = mpsc::channel(4);
        let (tell, mut news) = mpsc::channel(4);
        let place = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
        tokio::spawn(serve(flow, 7, Stream::Plain(stream), writer.clone(), queue, tell, place));
        writer.send(Bytes::from_static(b"last")).await.unwrap();
        drop(writer);
        let told = timeout(PATIENCE, news.recv()).await.expect("it ends").unwrap();
        assert!(matches!(told, News::Closed { number: 7, how: How::Sent, .. }));
        let mut heard = Vec::new();
        peer.read_to_end(&mut heard).await.unwrap();
        assert_eq!(heard, b"last");
    }

    #[tokio::test]
    async fn a_connection_that_panics_ends_like_any_other_and_is_told_apart() {
        let broken = async { std::panic::resume_unwind(Box::new("broken")) };
        assert_eq!(guarded(broken).await, How::Broke);
        assert_eq!((guarded(async { true }).await, guarded(async { false }).await), (How::Sent, How::Unsent));
    }
}
