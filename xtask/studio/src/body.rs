//! What is sent back: a whole, or pieces as they come.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Bytes, Frame, SizeHint};
use tokio::sync::mpsc;

/// The body of a response.
pub(crate) enum Body {
    /// All of it; nothing once it is sent.
    Whole(Option<Bytes>),
    /// Pieces, each made when there is room for it: the memory it takes is the same whatever its length. An error breaks the connection off, so that
    /// what came until then cannot pass for all.
    Pieces(mpsc::Receiver<io::Result<Bytes>>),
    /// What ends pieces; nothing once it is told.
    Broken(Option<io::Error>),
}

impl Body {
    pub(crate) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self::Whole(Some(bytes.into()))
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let bytes = match &mut *self {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(Ok)),
            Self::Pieces(pieces) => pieces.poll_recv(context),
            Self::Broken(error) => return Poll::Ready(error.take().map(Err)),
        };
        if let Poll::Ready(Some(Err(error))) = bytes {
            // While it has to wait, hyper sends what it has; of an error it forgets that, even the head.
            *self = Self::Broken(Some(error));
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        bytes.map(|bytes| bytes.map(|bytes| bytes.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => {
                let length = bytes.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(length as u64)
            }
            Self::Pieces(_) | Self::Broken(_) => SizeHint::default(),
        }
    }
}
