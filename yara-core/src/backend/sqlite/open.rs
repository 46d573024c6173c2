//! Opening a database, and what to say where that does not work.

use super::control::Control;
use super::functions;
use super::inline::Inline;
use super::url::{Mode, Options, Place};
use super::worker::Shared;
use crate::error::{Error, ErrorKind, Result};
use rusqlite::config::DbConfig;
use rusqlite::{OpenFlags, ffi};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How much of a file is mapped into memory, and how much of it a connection caches, in KiB.
const MAPPED: i64 = 128 << 20;
const CACHE: i64 = 16 << 10;

/// Opens a connection. `wait` allows to wait for locks, on a thread that may.
pub(super) fn connect(options: &Options, memory: &str, wait: bool) -> Result<Shared> {
    let control = Arc::new(Control::new(options.busy_timeout));
    let start = Instant::now();
    let mut opened = open(options, memory, &control, wait);
    // While another connection is turning the file to WAL, SQLite does not ask the busy handler.
    while wait
        && start.elapsed() < options.busy_timeout
        && matches!(&opened, Err(error) if primary_code(error) == ffi::SQLITE_BUSY)
    {
        std::thread::sleep(Duration::from_millis(5));
        opened = open(options, memory, &control, wait);
    }
    opened.map(|database| Shared::new(database, control)).map_err(|error| match &options.place {
        // Not a fault of the place: somebody holds a lock, or it took too long to do inline.
        _ if matches!(primary_code(&error), ffi::SQLITE_BUSY | ffi::SQLITE_INTERRUPT) => {
            super::error::from_sqlite(error).context("opening the SQLite database")
        }
        Place::Memory => Error::new(ErrorKind::Connect, "the database in memory cannot be opened")
            .with_cause(error),
        Place::File(path) => explain(path, options.mode, error),
    })
}

/// Opens a database in memory of the name that connections share, and lets it grow to the size of
/// the machine's memory instead of SQLite's 1 GiB.
pub(super) fn open_memory(name: &str) -> rusqlite::Result<rusqlite::Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = rusqlite::Connection::open_with_flags(name, flags)?;
    let mut limit = i64::MAX;
    database.file_control(Some("main"), rusqlite::FileControl::SizeLimit(&mut limit))?;
    Ok(database)
}

fn open(
    options: &Options,
    memory: &str,
    control: &Arc<Control>,
    wait: bool,
) -> rusqlite::Result<rusqlite::Connection> {
    let mut database = match &options.place {
        Place::Memory => open_memory(memory)?,
        Place::File(path) => {
            let flags = match options.mode {
                Mode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
                Mode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
                Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            };
            rusqlite::Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?
        }
    };
    control.install(&mut database)?;
    // A mistyped column in double quotes is an error, not a text.
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    database.set_prepared_statement_cache_capacity(options.statement_cache_size);
    if !wait {
        control.begin_inline(Inline::Reads);
    }
    let result = settle(&database, options);
    control.set_mode(super::control::Mode::Normal);
    result?;
    match options.place {
        Place::Memory => control.has_room.store(true, Ordering::Relaxed),
        Place::File(_) if options.synchronous != "FULL" => control.keep_log_short(&mut database)?,
        // Each commit waits for the disk, and SQLite's own checkpoints are as good as ours.
        Place::File(_) => {}
    }
    functions::register(&database, control.clock.clone())?;
    Ok(database)
}

/// The settings of a connection.
fn settle(database: &rusqlite::Connection, options: &Options) -> rusqlite::Result<()> {
    database.pragma_update(None, "foreign_keys", options.foreign_keys)?;
    database.pragma_update(None, "cache_size", -CACHE)?;
    database.pragma_update(None, "temp_store", "MEMORY")?;
    if let Place::File(_) = options.place {
        database.pragma_update(None, "mmap_size", MAPPED)?;
        if options.mode != Mode::ReadOnly {
            if database.is_readonly("main")? {
                return Err(rusqlite::Error::SqliteFailure(
                    ffi::Error::new(ffi::SQLITE_READONLY),
                    None,
                ));
            }
            // Some file systems cannot, and SQLite stays with what it has.
            database.pragma_update(None, "journal_mode", "WAL")?;
        }
        database.pragma_update(None, "synchronous", options.synchronous)?;
        // The first look at the file: it may be no database.
        database.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    }
    Ok(())
}

fn primary_code(error: &rusqlite::Error) -> i32 {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => failure.extended_code & 0xff,
        rusqlite::Error::SqlInputError { error, .. } => error.extended_code & 0xff,
        _ => 0,
    }
}

fn explain(path: &Path, mode: Mode, error: rusqlite::Error) -> Error {
    let shown = path.display();
    let code = primary_code(&error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let reason = match code {
        ffi::SQLITE_NOTADB => "the file is not an SQLite database, or it is encrypted".into(),
        _ if path.is_dir() => "it is a folder; name a file in it".into(),
        _ => match folder {
            Some(folder) if !folder.exists() => {
                format!("the folder `{}` does not exist; create it first", folder.display())
            }
            Some(folder) if !folder.is_dir() => {
                format!("`{}` is not a folder", folder.display())
            }
            _ if !path.exists() && mode != Mode::Create => {
                "the file does not exist; without `mode=ro` and `mode=rw` it would be created"
                    .into()
            }
            _ if code == ffi::SQLITE_READONLY => {
                "the file, or its folder, cannot be written to; give the program permission, or \
                 add `?mode=ro` to the URL"
                    .into()
            }
            _ if matches!(code, ffi::SQLITE_CANTOPEN | ffi::SQLITE_PERM | ffi::SQLITE_AUTH) => {
                "the program has no permission for the file or its folder".into()
            }
            _ => error.to_string(),
        },
    };
    Error::new(
        ErrorKind::Connect,
        format!("the SQLite database `{shown}` cannot be opened: {reason}"),
    )
    .with_cause(error)
}
