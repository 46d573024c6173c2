#![allow(clippy::unwrap_used)]

use super::super::settings::{ChannelBinding, Roots, Settings, SslMode, Target};
use super::parse;
use crate::runtime::Address;
use std::time::Duration;

fn empty(_: &str) -> Option<String> {
    None
}

fn settings(url: &str) -> Settings {
    let (settings, others) = parse(url, empty).unwrap();
    assert_eq!(others, []);
    settings
}

fn tcp(host: &str, port: u16) -> Address {
    Address::Tcp { host: host.into(), port }
}

#[test]
fn what_a_url_says() {
    let full = settings("postgres://ada:p%40ss%2Fword@db.example:5433/li%C3%A8ge");
    assert_eq!(full.user, "ada");
    assert_eq!(full.password.as_deref(), Some("p@ss/word"));
    assert_eq!(full.hosts, [tcp("db.example", 5433)]);
    assert_eq!(full.database, "liège");
    assert_eq!(full.ssl_mode, SslMode::Prefer);
    assert_eq!(full.statement_cache_size, 256);
    assert_eq!(full.pipeline, 16);
    assert_eq!(full.to_string(), "db.example:5433/liège");

    for (url, hosts) in [
        ("postgres://u@h", vec![tcp("h", 5432)]),
        ("postgresql://u@h/", vec![tcp("h", 5432)]),
        ("postgres://u@[::1]:7/d", vec![tcp("::1", 7)]),
        ("postgres://u@[::1]/d", vec![tcp("::1", 5432)]),
        ("postgres://u@a:1,b,c:3/d", vec![tcp("a", 1), tcp("b", 5432), tcp("c", 3)]),
        ("postgres://u@/d?host=a,b&port=6", vec![tcp("a", 6), tcp("b", 6)]),
        ("postgres://u@/d?host=a,b&port=6,7", vec![tcp("a", 6), tcp("b", 7)]),
        ("postgres:///d?user=u&host=/run/pg", vec![Address::Unix("/run/pg/.s.PGSQL.5432".into())]),
        ("postgres://u@%2Frun%2Fpg:9/d", vec![Address::Unix("/run/pg/.s.PGSQL.9".into())]),
    ] {
        let settings = settings(url);
        assert_eq!(settings.hosts, hosts, "{url}");
        assert_eq!(settings.user, "u", "{url}");
    }
    // Where no host is named, TCP comes after the sockets of this machine.
    let local = settings("postgres://u@:1/d");
    assert_eq!(local.hosts.last(), Some(&tcp("localhost", 1)));
    assert_eq!(settings("postgres://u@h").database, "u");
    // An `@` in a password that is not encoded belongs to the password.
    assert_eq!(settings("postgres://u:a@b@h/d").password.as_deref(), Some("a@b"));
}

#[test]
fn what_its_parameters_say() {
    let all = settings(
        "postgres://h/d?user=u&password=x%26y&sslmode=verify-full&sslrootcert=/ca.pem&\
         channel_binding=require&target_session_attrs=read-write&connect_timeout=2.5&\
         application_name=my%20app&options=-c%20geqo%3Doff&statement_cache_size=0&pipeline=1",
    );
    assert_eq!(all.password.as_deref(), Some("x&y"));
    assert_eq!(all.ssl_mode, SslMode::VerifyFull);
    assert_eq!(all.roots, Some(Roots::File("/ca.pem".into())));
    assert_eq!(all.channel_binding, ChannelBinding::Require);
    assert_eq!(all.target, Target::ReadWrite);
    assert_eq!(all.connect_timeout, Some(Duration::from_millis(2500)));
    assert_eq!(all.application_name.as_deref(), Some("my app"));
    assert_eq!(all.options.as_deref(), Some("-c geqo=off"));
    assert_eq!((all.statement_cache_size, all.pipeline), (0, 1));

    assert_eq!(settings("postgres://u@h?connect_timeout=0").connect_timeout, None);
    assert_eq!(settings("postgres://u@h?sslrootcert=system").ssl_mode, SslMode::VerifyFull);
    let old = settings("postgres://u@h?sslmode=require&sslrootcert=/ca.pem");
    assert_eq!(old.ssl_mode, SslMode::VerifyCa);
}

#[test]
fn parameters_of_others_are_given_back() {
    let (_, others) =
        parse("postgres://u@h/d?max_size=5&sslmode=disable&ssl_mode=x", empty).unwrap();
    let others: Vec<(&str, &str)> =
        others.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(others, [("max_size", "5"), ("ssl_mode", "x")]);
}

#[test]
fn what_is_wrong_is_named_and_passwords_are_not() {
    for (url, reason) in [
        ("mysql://u:secret@h/d", "starts with `postgres://`"),
        ("postgres://:secret@h/d", "names no user"),
        ("postgres://u:secret@h:0/d", "the port is not a number"),
        ("postgres://u:pass/secret@h/d", "`/` is written `%2F`"),
        ("postgres://u:pa?secret@h/d", "`?` `%3F`"),
        ("postgres://u:12/secret@h/d", "`/` is written `%2F`"),
        ("postgres://u/secret@h/d", "behind the first `/`"),
        ("postgres://u:secret@h/d?port=x", "the parameter `port` is `x`"),
        ("postgres://u:secret@h:x/d", "a number from 1 to 65535"),
        ("postgres://u:secret@[::1/d", "lacks its `]`"),
        ("postgres://u:secret@[::1]x/d", "no port"),
        ("postgres://u:secret%4@h/d", "followed by two hexadecimal digits"),
        ("postgres://u:secret%zz@h/d", "the password has a `%`"),
        ("postgres://u:secret%ff@h/d", "the password is not UTF-8"),
        ("postgres://u:secret%00@h/d", "NUL"),
        ("postgres://u:secret@h/d?sslmode", "not all `name=value`"),
        ("postgres://u:secret@h/d?sslmode=on", "one of disable, allow, prefer, require, verify-ca"),
        ("postgres://u:secret@h/d?sslmode=verify-ca", "needs `sslrootcert`"),
        ("postgres://u:secret@h/d?sslmode=require&sslrootcert=system", "verify-full"),
        ("postgres://u:secret@h/d?target_session_attrs=master", "one of any, read-write"),
        ("postgres://u:secret@h/d?connect_timeout=soon", "`connect_timeout` is `soon`"),
        ("postgres://u:secret@h/d?statement_cache_size=-1", "`statement_cache_size` is `-1`"),
        ("postgres://u:secret@h/d?pipeline=0", "1 or more"),
        ("postgres://u:secret@a,b,c/d?port=1,2", "3 hosts and 2 ports"),
    ] {
        let error = parse(url, empty).unwrap_err();
        assert!(error.is_configuration_error());
        assert!(error.to_string().contains(reason), "{url}: {error}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
    let settings = settings("postgres://u:secret@h/d");
    assert!(!format!("{settings:?} {settings}").contains("secret"));
}

#[test]
fn the_environment_fills_what_is_left_out() {
    let environment = |name: &str| {
        let value = match name {
            "PGUSER" => "ada",
            "PGPASSWORD" => "x",
            "PGHOST" => "db",
            "PGPORT" => "7",
            "PGDATABASE" => "books",
            _ => return None,
        };
        Some(value.to_owned())
    };
    let (settings, _) = parse("postgres://", environment).unwrap();
    assert_eq!(settings.to_string(), "db:7/books");
    assert_eq!((settings.user.as_str(), settings.password.as_deref()), ("ada", Some("x")));
    let (settings, _) = parse("postgres://bob:y@other/d", environment).unwrap();
    assert_eq!(settings.to_string(), "other:7/d");
    assert_eq!((settings.user.as_str(), settings.password.as_deref()), ("bob", Some("y")));
}
