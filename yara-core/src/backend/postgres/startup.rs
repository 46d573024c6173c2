//! The first messages of a session: who we are, the proof of it, and whether the server is of the
//! wanted kind.

use super::connect::{Dialled, Origin};
use super::report::Report;
use super::settings::{ChannelBinding, Settings, Target};
use super::wire::{self, Frame, Reader};
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::Socket;
use bytes::{Bytes, BytesMut};
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{self, ScramSha256};
use postgres_protocol::message::frontend;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A session that the server is ready on.
pub(super) struct Session {
    pub(super) socket: Box<dyn Socket>,
    /// What has been read beyond its beginning.
    pub(super) input: BytesMut,
    pub(super) encrypted: bool,
    /// What a cancellation names it by.
    pub(super) process: i32,
    pub(super) secret: i32,
}

/// Logs in.
pub(super) async fn login(dialled: Dialled, origin: &Origin) -> Result<Session> {
    let settings = &origin.settings;
    let Dialled { socket, encrypted, end_point } = dialled;
    let mut session = Session {
        socket,
        input: BytesMut::with_capacity(8 * 1024),
        encrypted,
        process: 0,
        secret: 0,
    };
    let mut parameters = vec![
        ("user", settings.user.as_str()),
        ("database", settings.database.as_str()),
        ("client_encoding", "UTF8"),
        // Where it is off, a backslash in a literal would not mean a backslash.
        ("standard_conforming_strings", "on"),
    ];
    parameters.extend(settings.application_name.as_deref().map(|name| ("application_name", name)));
    parameters.extend(settings.options.as_deref().map(|options| ("options", options)));
    session.send(|out| frontend::startup_message(parameters, out)).await?;
    authenticate(&mut session, origin, end_point).await?;
    loop {
        let (tag, body) = session.receive().await?;
        match tag {
            b'Z' => return Ok(session),
            // BackendKeyData; later protocols may have longer keys.
            b'K' => {
                let mut reader = Reader::new(&body);
                (session.process, session.secret) =
                    reader.i32().zip(reader.i32()).ok_or_else(garbled)?;
            }
            b'E' => return Err(refused(&body, settings)),
            // ParameterStatus, NoticeResponse: nothing depends on them.
            b'S' | b'N' => {}
            _ => return Err(garbled()),
        }
    }
}

async fn authenticate(
    session: &mut Session,
    origin: &Origin,
    end_point: Option<Vec<u8>>,
) -> Result<()> {
    let settings = &origin.settings;
    let bound = settings.channel_binding == ChannelBinding::Require;
    loop {
        let (tag, body) = session.receive().await?;
        let mut reader = Reader::new(&body);
        let method = match tag {
            b'R' => reader.u32().ok_or_else(garbled)?,
            b'E' => return Err(refused(&body, settings)),
            b'N' => continue,
            _ => return Err(garbled()),
        };
        // (source: "Message Formats", AuthenticationOk and its kin)
        match method {
            _ if bound && method != 10 => {
                return Err(denied(
                    "`channel_binding=require` demands SCRAM, which the server did not ask for",
                ));
            }
            0 => return Ok(()),
            3 => {
                let password = origin.password().await?;
                session.send(|out| frontend::password_message(password.as_bytes(), out)).await?;
            }
            5 => {
                let salt = reader.bytes(4).and_then(|salt| salt.try_into().ok());
                let salt = salt.ok_or_else(garbled)?;
                let password = origin.password().await?;
                let hash = md5_hash(settings.user.as_bytes(), password.as_bytes(), salt);
                session.send(|out| frontend::password_message(hash.as_bytes(), out)).await?;
            }
            10 => {
                let mut mechanisms = Vec::new();
                while let Some(name) = reader.terminated().filter(|name| !name.is_empty()) {
                    mechanisms.push(name);
                }
                scram(session, origin, &mechanisms, end_point).await?;
                return match session.receive().await? {
                    (b'R', body) if body[..] == [0; 4] => Ok(()),
                    (b'E', body) => Err(refused(&body, settings)),
                    _ => Err(garbled()),
                };
            }
            other => {
                return Err(denied(format!(
                    "the server asks for authentication method {other} (Kerberos, GSSAPI or SSPI), which is not supported; a password by SCRAM, MD5 or in plain text is, see pg_hba.conf"
                )));
            }
        }
    }
}

async fn scram(
    session: &mut Session,
    origin: &Origin,
    mechanisms: &[&[u8]],
    end_point: Option<Vec<u8>>,
) -> Result<()> {
    let settings = &origin.settings;
    let offers = |name: &str| mechanisms.contains(&name.as_bytes());
    let binding = settings.channel_binding;
    let end_point = end_point.filter(|_| binding != ChannelBinding::Disable);
    let (mechanism, binding) = match end_point {
        Some(end_point) if offers(sasl::SCRAM_SHA_256_PLUS) => {
            (sasl::SCRAM_SHA_256_PLUS, sasl::ChannelBinding::tls_server_end_point(end_point))
        }
        _ if binding == ChannelBinding::Require => {
            return Err(denied(
                "`channel_binding=require` demands TLS and a server that offers SCRAM-SHA-256-PLUS",
            ));
        }
        // Tells the server that it was not offered, so that a man in between is noticed.
        Some(_) => (sasl::SCRAM_SHA_256, sasl::ChannelBinding::unrequested()),
        None => (sasl::SCRAM_SHA_256, sasl::ChannelBinding::unsupported()),
    };
    if !offers(mechanism) {
        return Err(denied("the server offers no SASL mechanism but SCRAM-SHA-256 is supported"));
    }
    let mut scram = ScramSha256::new(origin.password().await?.as_bytes(), binding);
    session.send(|out| frontend::sasl_initial_response(mechanism, scram.message(), out)).await?;
    let server_first = sasl_message(session, settings, 11).await?;
    scram.update(&server_first).map_err(unproven)?;
    session.send(|out| frontend::sasl_response(scram.message(), out)).await?;
    let server_final = sasl_message(session, settings, 12).await?;
    scram.finish(&server_final).map_err(unproven)
}

async fn sasl_message(session: &mut Session, settings: &Settings, wanted: u32) -> Result<Bytes> {
    let (tag, mut body) = session.receive().await?;
    match tag {
        b'R' if Reader::new(&body).u32() == Some(wanted) => Ok(body.split_off(4)),
        b'E' => Err(refused(&body, settings)),
        _ => Err(garbled()),
    }
}

/// The error of a server that asks for a password, and there is none.
pub(super) fn no_password(user: &str) -> Error {
    denied(format!(
        "the server asks for the password of `{user}`, and the URL has none: write `postgres://{user}:password@…`"
    ))
}

/// Errs where the server is not of the wanted kind.
pub(super) async fn check(session: &mut Session, target: Target) -> Result<()> {
    const QUESTION: &str = "SELECT pg_catalog.pg_is_in_recovery(), \
         pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool";
    session.send(|out| frontend::query(QUESTION, out)).await?;
    let mut answer = None;
    loop {
        let (tag, body) = session.receive().await?;
        match tag {
            b'D' => {
                let mut reader = Reader::new(&body);
                reader.u16();
                let mut flag = || reader.cell().flatten().map(|cell| cell == b"t");
                answer = flag().zip(flag());
            }
            b'E' => {
                return Err(Report::parse(&body)
                    .into_error(None)
                    .context("asking whether it is a standby"));
            }
            b'Z' => break,
            _ => {}
        }
    }
    let (standby, read_only) = answer.ok_or_else(garbled)?;
    let (fits, found) = match target {
        Target::Any | Target::PreferStandby => (true, ""),
        Target::ReadWrite => (!read_only, "it is read-only"),
        Target::ReadOnly => (read_only, "it is not read-only"),
        Target::Primary => (!standby, "it is a standby"),
        Target::Standby => (standby, "it is not a standby"),
    };
    if fits {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Connect,
        format!("{found}, and `target_session_attrs` wants another server"),
    ))
}

impl Session {
    async fn send(&mut self, write: impl FnOnce(&mut BytesMut) -> io::Result<()>) -> Result<()> {
        let mut out = BytesMut::new();
        write(&mut out).map_err(|error| broken(&error))?;
        self.socket.write_all(&out).await.map_err(|error| broken(&error))?;
        self.socket.flush().await.map_err(|error| broken(&error))
    }

    /// The tag and the body of the next message.
    async fn receive(&mut self) -> Result<(u8, Bytes)> {
        loop {
            match wire::frame(&self.input, 0) {
                Frame::Whole { tag, body, end } => {
                    let message = self.input.split_to(end).freeze();
                    return Ok((tag, message.slice(body..)));
                }
                // No message of a login is large; another server's might look so.
                Frame::Partial(missing) if missing < 1024 * 1024 => {}
                _ => return Err(garbled()),
            }
            match self.socket.read_buf(&mut self.input).await {
                Ok(0) => return Err(broken(&io::ErrorKind::UnexpectedEof.into())),
                Ok(_) => {}
                Err(error) => return Err(broken(&error)),
            }
        }
    }
}

fn refused(body: &[u8], settings: &Settings) -> Error {
    Report::parse(body).into_login_error(&settings.user, &settings.database)
}

fn denied(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Authentication, message)
}

fn unproven(error: io::Error) -> Error {
    denied(format!("the server did not prove that it knows the password: {error}"))
}

fn garbled() -> Error {
    Error::new(ErrorKind::Connect, "what answers there does not speak PostgreSQL's protocol")
}

fn broken(error: &io::Error) -> Error {
    Error::new(
        ErrorKind::Connect,
        format!(
            "the connection broke while logging in: {error}; is it PostgreSQL that listens there?"
        ),
    )
}
