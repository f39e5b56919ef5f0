//! One connection, whatever carries it: text frames both ways, bounded in time. What is not read by the other side waits
//! there, not here: a line has no queue.

use std::{pin::Pin, time::Duration};

use bytes::Bytes;
use futures::{Sink, SinkExt, Stream, StreamExt};

/// A frame that the other side does not take for so long ends the connection.
const STALLED: Duration = Duration::from_secs(15);
/// For the other side to answer our close.
const FAREWELL: Duration = Duration::from_secs(3);

/// What came in.
#[derive(Debug)]
pub enum Heard {
    /// Valid UTF-8.
    Text(String),
    Binary,
    /// Beyond what the transport takes: nothing can be read after it.
    TooLarge,
}

#[derive(Debug, Clone)]
pub enum Say {
    /// UTF-8, shared by all who are told the same.
    Text(Bytes),
    Close(u16, &'static str),
}

/// The other side is gone, or reads nothing.
#[derive(Debug)]
pub struct Lost;

pub struct Line {
    heard: Pin<Box<dyn Stream<Item = Heard> + Send>>,
    said: Pin<Box<dyn Sink<Say, Error = Lost> + Send>>,
}

impl Line {
    pub fn new(
        heard: impl Stream<Item = Heard> + Send + 'static,
        said: impl Sink<Say, Error = Lost> + Send + 'static,
    ) -> Self {
        Self { heard: Box::pin(heard), said: Box::pin(said) }
    }

    /// The next frame; `None` once the other side is gone. May be dropped while it waits.
    pub async fn hear(&mut self) -> Option<Heard> {
        self.heard.next().await
    }

    pub async fn say(&mut self, text: impl Into<Bytes>) -> Result<(), Lost> {
        self.send(Say::Text(text.into())).await
    }

    pub async fn say_all<T: Into<Bytes>>(&mut self, texts: impl IntoIterator<Item = T>) -> Result<(), Lost> {
        for text in texts {
            self.say(text).await?;
        }
        Ok(())
    }

    /// Says goodbye, and waits a moment for the other side's: a connection that ends before may lose what was said last.
    pub async fn close(mut self, (code, reason): (u16, &'static str)) {
        let farewell = async {
            if self.send(Say::Close(code, reason)).await.is_ok() {
                while self.heard.next().await.is_some() {}
            }
        };
        // Whether it answers or not: the connection ends.
        let _ = tokio::time::timeout(FAREWELL, farewell).await;
    }

    async fn send(&mut self, say: Say) -> Result<(), Lost> {
        tokio::time::timeout(STALLED, self.said.send(say)).await.unwrap_or(Err(Lost))
    }
}
