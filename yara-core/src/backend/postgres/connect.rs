//! Opening a connection: the hosts in their order, encrypted or not, until one will do.

use super::channel::Channel;
use super::settings::{Settings, SslMode, Target};
use super::startup::{self, Session};
use super::tls;
use crate::backend::Password;
use crate::error::{Error, ErrorKind, Result};
use crate::future::BoxFuture;
use crate::runtime::{Address, Runtime, Socket};
use bytes::BytesMut;
use postgres_protocol::message::frontend;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What a connection is made from.
pub(super) struct Origin {
    pub(super) settings: Settings,
    /// That of the URL, until the program names another one.
    pub(super) password: Mutex<Option<Password>>,
    pub(super) runtime: Arc<dyn Runtime>,
    pub(super) tls: Option<tls::Connector>,
}

impl Origin {
    /// What a server that asks for a password is told. Errs where there is none.
    pub(super) async fn password(&self) -> Result<String> {
        let known = self.password.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(password) = known else {
            return Err(startup::no_password(&self.settings.user));
        };
        let password = password.ask().await.map_err(|error| {
            let message = format!("there is no password to log in with: {error}");
            Error::new(ErrorKind::Authentication, message).with_cause(error)
        })?;
        if password.contains('\0') {
            let message = "the password must not hold a NUL character";
            return Err(Error::new(ErrorKind::Authentication, message));
        }
        Ok(password)
    }
}

/// The server of one connection, for cancelling what runs on it.
pub(super) struct Server {
    origin: Arc<Origin>,
    address: Address,
    encryption: Encryption,
    process: i32,
    secret: i32,
}

impl Server {
    pub(super) fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.origin.runtime.sleep(duration)
    }

    /// Cancels what runs on the connection, over another one. When it is done, the server has been
    /// told; a cancellation that finds nothing to cancel does nothing.
    pub(super) async fn cancel(&self) -> Result<()> {
        let cancel = async {
            let dialled = dial(&self.origin, &self.address, self.encryption).await;
            let mut socket = dialled.map_err(|failure| failure.into_error(&self.address))?.socket;
            let mut message = BytesMut::new();
            frontend::cancel_request(self.process, self.secret, &mut message);
            let sent = async {
                socket.write_all(&message).await?;
                socket.flush().await?;
                // The server closes the socket after it has passed the signal on.
                socket.read(&mut [0]).await
            };
            match sent.await {
                Ok(_) => Ok(()),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(()),
                Err(error) => Err(unreachable(&self.address, &error)),
            }
        };
        limited(&self.origin, &self.address, cancel)
            .await
            .map_err(|error| error.context("cancelling a statement that nobody waits for"))
    }
}

/// Opens a connection to the first host that will do.
pub(super) async fn connect(origin: &Arc<Origin>) -> Result<(Arc<Channel>, Server)> {
    let settings = &origin.settings;
    if settings.target == Target::PreferStandby {
        if let Ok(found) = first(origin, Target::Standby).await {
            return Ok(found);
        }
        return first(origin, Target::Any).await;
    }
    first(origin, settings.target).await
}

async fn first(origin: &Arc<Origin>, target: Target) -> Result<(Arc<Channel>, Server)> {
    let mut failures: Vec<Error> = Vec::new();
    for address in &origin.settings.hosts {
        match limited(origin, address, one(origin, address, target)).await {
            Ok(found) => return Ok(found),
            // A server that was reached and says no says so for all, as in libpq.
            Err(error) if error.is_authentication_failure() => return Err(error),
            Err(error) => failures.push(error),
        }
    }
    let texts: Vec<String> = failures.iter().map(ToString::to_string).collect();
    match (failures.pop(), texts.len()) {
        (Some(error), 1) => Err(error),
        (Some(error), _) => Err(Error::new(
            error.kind(),
            format!("no host of {} will do: {}", origin.settings, texts.join("; ")),
        )),
        (None, _) => Err(Error::new(ErrorKind::Configuration, "the URL names no host")),
    }
}

/// One host, with and without encryption as the mode says.
async fn one(
    origin: &Arc<Origin>,
    address: &Address,
    target: Target,
) -> Result<(Arc<Channel>, Server)> {
    let settings = &origin.settings;
    // A Unix socket needs no encryption, and has none.
    let local = matches!(address, Address::Unix(_));
    let (encryption, otherwise) = match settings.ssl_mode {
        _ if local || origin.tls.is_none() => (Encryption::Off, None),
        SslMode::Disable => (Encryption::Off, None),
        SslMode::Allow => (Encryption::Off, Some(Encryption::On)),
        SslMode::Prefer => (Encryption::IfOffered, Some(Encryption::Off)),
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => (Encryption::On, None),
    };
    let result = match (login(origin, address, encryption).await, otherwise) {
        // What was tried first says better what is wrong.
        (Err(first), Some(encryption)) if first.may_differ => {
            login(origin, address, encryption).await.map_err(|_| first)
        }
        (result, _) => result,
    };
    let doing = format!("connecting to {address}");
    let mut session = result.map_err(|refusal| refusal.error.context(&doing))?;
    if target != Target::Any {
        startup::check(&mut session, target).await.map_err(|error| error.context(&doing))?;
    }
    let server = Server {
        origin: origin.clone(),
        address: address.clone(),
        encryption: if session.encrypted { Encryption::On } else { Encryption::Off },
        process: session.process,
        secret: session.secret,
    };
    let place = format!("{address}/{}", settings.database);
    let channel =
        Channel::new(session.socket, session.input, settings.statement_cache_size, &place);
    Ok((channel, server))
}

/// Whether the next socket is to be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    Off,
    IfOffered,
    On,
}

/// Why there is no session.
struct Refusal {
    error: Error,
    /// Whether it might go otherwise with, or without, encryption.
    may_differ: bool,
}

async fn login(
    origin: &Origin,
    address: &Address,
    encryption: Encryption,
) -> Result<Session, Refusal> {
    let dialled = match dial(origin, address, encryption).await {
        Ok(dialled) => dialled,
        Err(Failure::Network(error)) => {
            return Err(Refusal { error: unreachable(address, &error), may_differ: false });
        }
        Err(Failure::Encryption(error)) => return Err(Refusal { error, may_differ: true }),
    };
    startup::login(dialled, origin).await.map_err(|error| {
        let wrong_password = error.sqlstate() == Some("28P01");
        Refusal { may_differ: error.sqlstate().is_some() && !wrong_password, error }
    })
}

/// A socket, before anything of PostgreSQL has been said on it.
pub(super) struct Dialled {
    pub(super) socket: Box<dyn Socket>,
    pub(super) encrypted: bool,
    /// What the server's certificate is bound to a password by.
    pub(super) end_point: Option<Vec<u8>>,
}

enum Failure {
    Network(io::Error),
    Encryption(Error),
}

impl Failure {
    fn into_error(self, address: &Address) -> Error {
        match self {
            Failure::Network(error) => unreachable(address, &error),
            Failure::Encryption(error) => error,
        }
    }
}

async fn dial(
    origin: &Origin,
    address: &Address,
    encryption: Encryption,
) -> Result<Dialled, Failure> {
    let mut socket = origin.runtime.connect(address).await.map_err(Failure::Network)?;
    let plain = |socket| Dialled { socket, encrypted: false, end_point: None };
    let (connector, host) = match (&origin.tls, address) {
        (Some(connector), Address::Tcp { host, .. }) if encryption != Encryption::Off => {
            (connector, host)
        }
        _ => return Ok(plain(socket)),
    };
    let mut message = BytesMut::new();
    frontend::ssl_request(&mut message);
    let offered = async {
        socket.write_all(&message).await?;
        socket.flush().await?;
        // One byte and no more: what follows in plain text is not to be believed.
        socket.read_u8().await
    };
    match offered.await.map_err(Failure::Network)? {
        b'S' => {}
        b'N' if encryption == Encryption::IfOffered => return Ok(plain(socket)),
        _ => {
            return Err(Failure::Encryption(Error::new(
                ErrorKind::Connect,
                "the server offers no TLS, and `sslmode` demands it",
            )));
        }
    }
    let (socket, end_point) = connector.encrypt(socket, host).await.map_err(|error| {
        Failure::Encryption(
            Error::new(
                ErrorKind::Connect,
                format!("TLS failed: {error}; `sslmode` and `sslrootcert` say what is trusted"),
            )
            .with_cause(error),
        )
    })?;
    Ok(Dialled { socket, encrypted: true, end_point })
}

/// What the network says, with what may help.
fn unreachable(address: &Address, error: &io::Error) -> Error {
    let advice = match (error.kind(), address) {
        (io::ErrorKind::ConnectionRefused, _) => {
            "is the server running there and accepting connections?"
        }
        (io::ErrorKind::NotFound, Address::Unix(_)) => {
            "is the server running on this machine? The parameter `host` names the directory of its socket"
        }
        (io::ErrorKind::PermissionDenied, Address::Unix(_)) => {
            "may this program use the directory of the socket?"
        }
        (io::ErrorKind::UnexpectedEof, _) => {
            "the server closed the connection; is it PostgreSQL that listens there?"
        }
        _ => "are host and port right, and does a firewall stand between?",
    };
    Error::new(ErrorKind::Connect, format!("{error}; {advice}"))
}

/// Gives up when it takes too long.
async fn limited<T>(
    origin: &Origin,
    address: &Address,
    doing: impl Future<Output = Result<T>>,
) -> Result<T> {
    let Some(limit) = origin.settings.connect_timeout else { return doing.await };
    let mut sleep = origin.runtime.sleep(limit);
    let mut doing = pin!(doing);
    poll_fn(|context| {
        if let Poll::Ready(result) = doing.as_mut().poll(context) {
            return Poll::Ready(result);
        }
        sleep.as_mut().poll(context).map(|()| {
            Err(Error::new(
                ErrorKind::Connect,
                format!(
                    "connecting to {address}: no answer within {limit:?}; are host and port right? `connect_timeout` sets the limit"
                ),
            ))
        })
    })
    .await
}
