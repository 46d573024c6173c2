//! The database of a named connection, at each place where the program uses it.
//!
//! A socket lives on one event loop. So an engine has a pool for each loop that has used it, made
//! when it is first needed and given up when the loop is closed, and one for all threads that make
//! blocking calls. SQLite has no sockets: there is one pool, for everyone, so that `:memory:` is one
//! database.
//!
//! In the child of a fork, what the parent had is neither used nor closed.

use super::observe::{Hook, Observed};
use crate::bridge::runtime::{LoopRuntime, ThreadRuntime};
use crate::bridge::{Home, background, fork};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use yara_core::backend::{self, Password};
use yara_core::db::Db;
use yara_core::error::{Error, ErrorKind, Result};
use yara_core::pool::PoolOptions;
use yara_core::runtime::Runtime;

struct Place {
    generation: u32,
    home: Home,
    db: Db,
}

impl Place {
    fn is_usable(&self) -> bool {
        fork::is_own(self.generation)
            && match &self.home {
                Home::Loop(executor) => executor.is_usable(),
                Home::Thread => true,
            }
    }

    /// Gives it up; a parent's stays as it is.
    fn give_up(self) {
        if !fork::is_own(self.generation) {
            std::mem::forget(self);
        }
    }
}

/// See the [module](self).
pub(super) struct Homes {
    url: String,
    hook: Arc<Hook>,
    /// Whether the database runs inside the program.
    embedded: bool,
    /// Whether it is in memory, so that there is no other way to it.
    in_memory: bool,
    generation: u32,
    /// In place of the URL's, for places that are yet to come.
    password: Mutex<Option<Password>>,
    places: Mutex<Vec<Place>>,
}

impl Homes {
    /// Nothing is opened but a database in memory. Errs where the URL is wrong.
    pub(super) fn new(url: &str, hook: Arc<Hook>) -> Result<Homes> {
        let mut homes = Homes {
            url: plain(url),
            hook,
            embedded: false,
            in_memory: false,
            generation: fork::generation(),
            password: Mutex::default(),
            places: Mutex::default(),
        };
        let db = homes.open(&Home::Thread)?;
        homes.embedded = db.backend().embedded();
        homes.in_memory = homes.embedded && db.location() == ":memory:";
        homes.places().push(Place { generation: homes.generation, home: Home::Thread, db });
        Ok(homes)
    }

    fn places(&self) -> MutexGuard<'_, Vec<Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_embedded(&self) -> bool {
        self.embedded
    }

    /// The database at a place.
    pub(super) fn db(&self, home: &Home) -> Result<Db> {
        let home = if self.embedded { &Home::Thread } else { home };
        let mut places = self.places();
        if let Some(place) = places.iter().find(|place| place.home.is(home) && place.is_usable()) {
            return Ok(place.db.clone());
        }
        let unusable: Vec<Place> = places.extract_if(.., |place| !place.is_usable()).collect();
        let opened = self.reopen(home);
        if let Ok(db) = &opened {
            let generation = fork::generation();
            places.push(Place { generation, home: home.clone(), db: db.clone() });
        }
        drop(places);
        unusable.into_iter().for_each(Place::give_up);
        opened
    }

    fn reopen(&self, home: &Home) -> Result<Db> {
        if self.in_memory && !fork::is_own(self.generation) {
            return Err(Error::new(
                ErrorKind::Configuration,
                "the database in memory belongs to the process that this one was forked from; \
                 use a file, or open another one here",
            ));
        }
        self.open(home)
    }

    fn open(&self, home: &Home) -> Result<Db> {
        let runtime: Arc<dyn Runtime> = match home {
            Home::Loop(executor) => Arc::new(LoopRuntime(executor.clone())),
            Home::Thread => Arc::new(ThreadRuntime::new()),
        };
        let (backend, parameters) = backend::from_url(&self.url, &runtime)?;
        let password = self.password.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(password) = password {
            backend.set_password(password)?;
        }
        let options =
            PoolOptions::default().with_all_parameters(parameters, backend.parameters())?;
        let backend = Arc::new(Observed::new(backend, self.hook.clone()));
        Db::from_backend(backend, runtime, options)
    }

    /// Logs in with another password from now on, at all places. Errs where there is none to give.
    pub(super) fn set_password(&self, password: Password) -> Result<()> {
        for db in self.all() {
            db.set_password(password.clone())?;
        }
        let mut place = self.password.lock().unwrap_or_else(PoisonError::into_inner);
        let before = place.replace(password);
        drop(place);
        // What it held may be anything of the program's.
        drop(before);
        Ok(())
    }

    /// All databases there are.
    pub(super) fn all(&self) -> Vec<Db> {
        let usable = |place: &&Place| place.is_usable();
        self.places().iter().filter(usable).map(|place| place.db.clone()).collect()
    }

    /// Closes the databases of other places beside the program, and gives that of this one, for
    /// being closed by the caller.
    pub(super) fn close(&self, home: &Home) -> Option<Db> {
        let home = if self.embedded { &Home::Thread } else { home };
        let places = std::mem::take(&mut *self.places());
        let mut own = None;
        for place in places {
            if !place.is_usable() {
                place.give_up();
            } else if place.home.is(home) {
                own = Some(place.db);
            } else {
                let db = place.db;
                let closing = Box::pin(async move { db.close().await });
                match place.home {
                    Home::Loop(executor) => LoopRuntime(executor).spawn(closing),
                    Home::Thread => background::spawn(closing),
                }
            }
        }
        own
    }
}

impl Drop for Homes {
    fn drop(&mut self) {
        let places = std::mem::take(&mut *self.places());
        places.into_iter().for_each(Place::give_up);
    }
}

/// A URL without the driver that other libraries want named: `postgresql+asyncpg://…`.
fn plain(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => match scheme.split_once('+') {
            Some((database, _)) => format!("{database}://{rest}"),
            None => url.to_owned(),
        },
        None => url.to_owned(),
    }
}
