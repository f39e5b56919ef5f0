//! The socket of a link: TCP, or one end of a local pair when the HTTP connection below is not a plain TCP socket.

use std::{
    io::{self, Read, Write},
    net::Shutdown,
    time::Duration,
};

use mio::{Interest, Registry, Token, event::Source};

use crate::options::Options;

#[derive(Debug)]
pub(crate) enum Stream {
    Tcp(mio::net::TcpStream),
    Local(mio::net::UnixStream),
}

impl Stream {
    /// Sets what bounds a slow or vanished reader. A kernel that refuses an option still delivers.
    pub(crate) fn tcp(stream: std::net::TcpStream, options: &Options) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let socket = socket2::SockRef::from(&stream);
        let hints = [
            socket.set_send_buffer_size(options.send_buffer),
            socket.set_tcp_notsent_lowat(options.unsent_bytes),
            socket.set_tcp_user_timeout(Some(options.dead_peer.max(Duration::from_secs(1)))),
        ];
        for error in hints.into_iter().filter_map(Result::err) {
            tracing::debug!(%error, "socket option refused");
        }
        Ok(Self::Tcp(mio::net::TcpStream::from_std(stream)))
    }

    pub(crate) fn local(stream: std::os::unix::net::UnixStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self::Local(mio::net::UnixStream::from_std(stream)))
    }

    pub(crate) fn register(&mut self, registry: &Registry, token: usize) -> io::Result<()> {
        let interest = Interest::READABLE | Interest::WRITABLE;
        match self {
            Self::Tcp(stream) => stream.register(registry, Token(token), interest),
            Self::Local(stream) => stream.register(registry, Token(token), interest),
        }
    }

    /// No more will be written.
    pub(crate) fn finish(&self) {
        let _ = match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Write),
            Self::Local(stream) => stream.shutdown(Shutdown::Write),
        };
    }

    pub(crate) fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(into),
            Self::Local(stream) => stream.read(into),
        }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            Self::Local(stream) => stream.write(bytes),
        }
    }
}
