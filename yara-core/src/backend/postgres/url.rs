//! `postgres://user:password@host:port,host/database?parameter=value`, as libpq reads it.
//!
//! Source: PostgreSQL documentation, "Database Connection Control Functions", "Connection URIs".
//! Parameters that are not of this backend are given back: the pool has some, and whoever called
//! refuses the rest by name. No message has the password.

use super::settings::{ChannelBinding, Roots, Settings, SslMode, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::Address;
use percent_encoding::percent_decode_str;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The parameters of this backend.
pub(super) const PARAMETERS: &[&str] = &[
    "host",
    "port",
    "user",
    "password",
    "dbname",
    "sslmode",
    "sslrootcert",
    "channel_binding",
    "target_session_attrs",
    "connect_timeout",
    "application_name",
    "options",
    "statement_cache_size",
    "pipeline",
];

const DEFAULT_PORT: u16 = 5432;
/// libpq would wait for as long as the operating system does, which is minutes.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads a URL. `environment` gives what the URL leaves out, as `PGUSER` and its like do.
pub(super) fn parse(
    url: &str,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<(Settings, Vec<(String, String)>)> {
    let rest = url
        .strip_prefix("postgres://")
        .or_else(|| url.strip_prefix("postgresql://"))
        .ok_or_else(|| wrong("a PostgreSQL URL starts with `postgres://` or `postgresql://`"))?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (login, servers) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = match login.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (login, None),
    };

    if path.contains('@') {
        // A `/` in the password, most likely: what follows it would be shown as the database's name.
        return Err(misread("there is an `@` behind the first `/`"));
    }
    let mut given = Given {
        user: filled(decoded(user, "user")?),
        password: password.map(|password| decoded(password, "password")).transpose()?,
        dbname: filled(decoded(path, "database")?),
        ..Given::default()
    };
    for server in servers.split(',') {
        let (host, port) = host_and_port(server)?;
        given.hosts.push(host);
        given.ports.push(port);
    }
    let mut others = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| misread("what follows the `?` is not all `name=value`"))?;
        let name = decoded(name, "parameter name")?;
        let value = decoded(value, &name)?;
        if !given.take(&name, &value)? {
            others.push((name, value));
        }
    }
    Ok((given.settle(environment)?, others))
}

/// What a URL says, before what it leaves out is filled in.
#[derive(Default)]
struct Given {
    hosts: Vec<String>,
    ports: Vec<Option<u16>>,
    user: Option<String>,
    password: Option<String>,
    dbname: Option<String>,
    ssl_mode: Option<SslMode>,
    roots: Option<Roots>,
    channel_binding: Option<ChannelBinding>,
    target: Option<Target>,
    connect_timeout: Option<Option<Duration>>,
    application_name: Option<String>,
    options: Option<String>,
    statement_cache_size: Option<usize>,
    pipeline: Option<usize>,
}

impl Given {
    /// Takes a parameter, if it is one of this backend's.
    fn take(&mut self, name: &str, value: &str) -> Result<bool> {
        match name {
            "host" => self.hosts = value.split(',').map(str::to_owned).collect(),
            "port" => {
                self.ports = value.split(',').map(port).collect::<Result<_>>()?;
            }
            "user" => self.user = filled(value.to_owned()),
            "password" => self.password = Some(value.to_owned()),
            "dbname" => self.dbname = filled(value.to_owned()),
            "sslmode" => self.ssl_mode = Some(one_of(name, value, SSL_MODES)?),
            "sslrootcert" => {
                self.roots = Some(match value {
                    "system" => Roots::System,
                    path => Roots::File(PathBuf::from(path)),
                });
            }
            "channel_binding" => self.channel_binding = Some(one_of(name, value, BINDINGS)?),
            "target_session_attrs" => self.target = Some(one_of(name, value, TARGETS)?),
            "connect_timeout" => {
                let seconds: f64 =
                    value.parse().ok().filter(|seconds| (0.0..=1e9).contains(seconds)).ok_or_else(
                        || wrong_value(name, value, "a number of seconds, or 0 for no limit"),
                    )?;
                self.connect_timeout =
                    Some((seconds > 0.0).then(|| Duration::from_secs_f64(seconds)));
            }
            "application_name" => self.application_name = Some(value.to_owned()),
            "options" => self.options = Some(value.to_owned()),
            "statement_cache_size" => {
                self.statement_cache_size = Some(value.parse().map_err(|_| {
                    wrong_value(name, value, "a number of statements, or 0 for none")
                })?);
            }
            "pipeline" => {
                self.pipeline =
                    Some(value.parse().ok().filter(|count| *count > 0).ok_or_else(|| {
                        wrong_value(name, value, "a number of batches, 1 or more")
                    })?);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn settle(self, environment: impl Fn(&str) -> Option<String>) -> Result<Settings> {
        let variable = |name: &str| environment(name).and_then(filled);
        let user = match self.user.or_else(|| variable("PGUSER")) {
            Some(user) => user,
            None => variable("USER").or_else(|| variable("LOGNAME")).ok_or_else(|| {
                wrong("the URL names no user: write `postgres://user@host/database`")
            })?,
        };
        let roots = self.roots;
        let ssl_mode = match (&roots, self.ssl_mode) {
            (Some(Roots::System), None) => SslMode::VerifyFull,
            (Some(Roots::System), Some(mode)) if mode != SslMode::VerifyFull => {
                return Err(wrong(
                    "`sslrootcert=system` trusts certificates of anyone's server: it needs `sslmode=verify-full`",
                ));
            }
            // As libpq does, for the sake of programs from before verify-ca.
            (Some(Roots::File(_)), Some(SslMode::Require)) => SslMode::VerifyCa,
            (None, Some(SslMode::VerifyCa)) => {
                return Err(wrong(
                    "`sslmode=verify-ca` needs `sslrootcert`, the path of the certificate of the authority",
                ));
            }
            (_, mode) => mode.unwrap_or(SslMode::Prefer),
        };
        Ok(Settings {
            hosts: addresses(self.hosts, &self.ports, &variable)?,
            database: self
                .dbname
                .or_else(|| variable("PGDATABASE"))
                .unwrap_or_else(|| user.clone()),
            user,
            password: self.password.or_else(|| variable("PGPASSWORD")),
            ssl_mode,
            roots,
            channel_binding: self.channel_binding.unwrap_or(ChannelBinding::Prefer),
            target: self.target.unwrap_or(Target::Any),
            connect_timeout: self.connect_timeout.unwrap_or(Some(CONNECT_TIMEOUT)),
            application_name: self.application_name,
            options: self.options,
            statement_cache_size: self.statement_cache_size.unwrap_or(256),
            pipeline: self.pipeline.unwrap_or(16),
        })
    }
}

/// Hosts with their ports; where no host is named, the sockets of this machine, as libpq looks for
/// them, and then TCP.
fn addresses(
    mut hosts: Vec<String>,
    ports: &[Option<u16>],
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<Vec<Address>> {
    let default_port = match variable("PGPORT") {
        Some(text) => port(&text)?.unwrap_or(DEFAULT_PORT),
        None => DEFAULT_PORT,
    };
    if hosts.iter().all(String::is_empty)
        && let Some(named) = variable("PGHOST")
    {
        hosts = named.split(',').map(str::to_owned).collect();
    }
    if ports.len() > 1 && ports.len() != hosts.len() {
        return Err(wrong(format!(
            "there are {} hosts and {} ports: give one port for all, or one for each",
            hosts.len(),
            ports.len()
        )));
    }
    let mut addresses = Vec::new();
    for (at, host) in hosts.into_iter().enumerate() {
        let port = ports.get(if ports.len() == 1 { 0 } else { at }).copied().flatten();
        let port = port.unwrap_or(default_port);
        if host.is_empty() {
            for directory in ["/var/run/postgresql", "/tmp"] {
                let socket = socket_in(Path::new(directory), port);
                if socket.exists() {
                    addresses.push(Address::Unix(socket));
                }
            }
            addresses.push(Address::Tcp { host: "localhost".into(), port });
        } else if host.starts_with('/') {
            addresses.push(Address::Unix(socket_in(Path::new(&host), port)));
        } else {
            addresses.push(Address::Tcp { host, port });
        }
    }
    Ok(addresses)
}

fn socket_in(directory: &Path, port: u16) -> PathBuf {
    directory.join(format!(".s.PGSQL.{port}"))
}

/// `host`, `host:port`, `[::1]:port`; a socket's directory has its slashes as `%2F`.
fn host_and_port(server: &str) -> Result<(String, Option<u16>)> {
    let (host, rest) = match server.strip_prefix('[') {
        Some(bracketed) => {
            bracketed.split_once(']').ok_or_else(|| misread("an address lacks its `]`"))?
        }
        None => match server.find(':') {
            Some(at) => server.split_at(at),
            None => (server, ""),
        },
    };
    let port = match rest.strip_prefix(':') {
        Some(text) => {
            port(text).map_err(|_| misread("the port is not a number from 1 to 65535"))?
        }
        None if rest.is_empty() => None,
        None => return Err(misread("what follows the address is no port")),
    };
    Ok((decoded(host, "host")?, port))
}

fn port(text: &str) -> Result<Option<u16>> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.trim().parse() {
        Ok(port) if port > 0 => Ok(Some(port)),
        _ => Err(wrong_value("port", text, "a number from 1 to 65535")),
    }
}

fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// What `%41` and its like stand for. The text itself may be a password, and is in no message.
fn decoded(text: &str, what: &str) -> Result<String> {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let digits = rest.as_bytes().get(at + 1..at + 3);
        if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
            return Err(wrong(format!(
                "the {what} has a `%` that is not followed by two hexadecimal digits; `%25` stands for `%`"
            )));
        }
        rest = &rest[at + 3..];
    }
    let text = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| wrong(format!("the {what} is not UTF-8")))?;
    if text.contains('\0') {
        return Err(wrong(format!("the {what} must not hold a NUL character")));
    }
    Ok(text.into_owned())
}

const SSL_MODES: &[(&str, SslMode)] = &[
    ("disable", SslMode::Disable),
    ("allow", SslMode::Allow),
    ("prefer", SslMode::Prefer),
    ("require", SslMode::Require),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-full", SslMode::VerifyFull),
];

const TARGETS: &[(&str, Target)] = &[
    ("any", Target::Any),
    ("read-write", Target::ReadWrite),
    ("read-only", Target::ReadOnly),
    ("primary", Target::Primary),
    ("standby", Target::Standby),
    ("prefer-standby", Target::PreferStandby),
];

const BINDINGS: &[(&str, ChannelBinding)] = &[
    ("disable", ChannelBinding::Disable),
    ("prefer", ChannelBinding::Prefer),
    ("require", ChannelBinding::Require),
];

fn one_of<T: Copy>(name: &str, value: &str, known: &[(&str, T)]) -> Result<T> {
    known.iter().find(|(word, _)| *word == value).map(|(_, known)| *known).ok_or_else(|| {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        wrong_value(name, value, &format!("one of {}", words.join(", ")))
    })
}

fn wrong_value(name: &str, value: &str, wanted: &str) -> Error {
    wrong(format!("the parameter `{name}` is `{value}`, and must be {wanted}"))
}

/// What was misread may be a piece of a password, and is not shown.
fn misread(reason: &str) -> Error {
    wrong(format!(
        "{reason}; in a user name or password, `/` is written `%2F`, `?` `%3F`, `@` `%40` and `:` `%3A`"
    ))
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

#[cfg(test)]
mod tests;
