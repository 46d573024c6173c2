//! Encryption. Without the cargo feature `tls` there is none, and a URL that demands it is refused.

use super::settings::{Settings, SslMode};
use crate::error::{Error, ErrorKind, Result};

#[cfg(feature = "tls")]
mod rustls;

#[cfg(feature = "tls")]
pub(super) use self::rustls::Connector;

/// What encrypts a socket, if the settings and the features of this build allow it.
#[cfg(feature = "tls")]
pub(super) fn connector(settings: &Settings) -> Result<Option<Connector>> {
    if settings.ssl_mode == SslMode::Disable {
        return Ok(None);
    }
    Connector::new(settings)
        .map(Some)
        .map_err(|reason| Error::new(ErrorKind::Configuration, reason))
}

#[cfg(not(feature = "tls"))]
pub(super) use self::without::Connector;

/// What encrypts a socket: nothing, in this build.
#[cfg(not(feature = "tls"))]
pub(super) fn connector(settings: &Settings) -> Result<Option<Connector>> {
    if settings.ssl_mode < SslMode::Require {
        return Ok(None);
    }
    Err(Error::new(
        ErrorKind::Configuration,
        "`sslmode` demands TLS, which this program was built without: enable the cargo feature `tls`, or set `sslmode=disable` if the network is trusted",
    ))
}

#[cfg(not(feature = "tls"))]
mod without {
    use crate::runtime::Socket;
    use std::io;

    /// There is none.
    #[derive(Debug)]
    pub(crate) enum Connector {}

    impl Connector {
        pub(crate) async fn encrypt(
            &self,
            _socket: Box<dyn Socket>,
            _host: &str,
        ) -> io::Result<(Box<dyn Socket>, Option<Vec<u8>>)> {
            match *self {}
        }
    }
}
