//! A thread that waits by itself: poll(2) between two polls of a future.

use super::bell::Bell;
use super::io::{Direction, Io};
use super::timers::Timers;
use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Wake, Waker};
use std::time::{Duration, Instant};

/// The thread runs.
const AWAKE: u8 = 0;
/// The thread waits in the kernel.
const WAITING: u8 = 1;
/// Something has happened that the thread has not looked at.
const WOKEN: u8 = 2;

/// What one thread waits for. As a waker, it ends the wait.
pub(crate) struct Poller {
    state: AtomicU8,
    bell: Bell,
    timers: Arc<Timers>,
    interests: Mutex<Vec<Interest>>,
}

/// A file descriptor, once.
struct Interest {
    io: Weak<Io>,
    direction: Direction,
    waker: Waker,
}

impl Interest {
    fn is_in(&self, io: &Arc<Io>, direction: Direction) -> bool {
        self.direction == direction && std::ptr::eq(self.io.as_ptr(), &raw const **io)
    }
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waited {
    /// By something that a future waited for.
    Woken,
    /// By a signal.
    Interrupted,
}

impl Poller {
    pub(crate) fn new() -> io::Result<Arc<Poller>> {
        Ok(Arc::new(Poller {
            state: AtomicU8::new(AWAKE),
            bell: Bell::new()?,
            timers: Arc::default(),
            interests: Mutex::default(),
        }))
    }

    pub(crate) fn timers(&self) -> &Arc<Timers> {
        &self.timers
    }

    fn interests(&self) -> MutexGuard<'_, Vec<Interest>> {
        self.interests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes `waker` the next time that the file descriptor is ready.
    pub(crate) fn watch(&self, io: &Arc<Io>, direction: Direction, waker: &Waker) {
        let mut interests = self.interests();
        match interests.iter_mut().find(|interest| interest.is_in(io, direction)) {
            Some(interest) => interest.waker.clone_from(waker),
            None => {
                interests.push(Interest { io: Arc::downgrade(io), direction, waker: waker.clone() })
            }
        }
    }

    /// Whether it is being waited for.
    pub(crate) fn is_watching(&self, io: &Arc<Io>, direction: Direction) -> bool {
        self.interests().iter().any(|interest| interest.is_in(io, direction))
    }

    /// Waits until something that a future asked for happens, a signal comes, or somebody wakes
    /// this. To be called without the interpreter.
    pub(crate) fn wait(&self) -> io::Result<Waited> {
        let fell_asleep =
            self.state.compare_exchange(AWAKE, WAITING, Ordering::SeqCst, Ordering::SeqCst);
        let waited = if fell_asleep.is_ok() { self.ask_kernel() } else { Ok(Waited::Woken) };
        if self.state.swap(AWAKE, Ordering::SeqCst) == WOKEN && fell_asleep.is_ok() {
            self.bell.hush();
        }
        self.timers.fire();
        waited
    }

    fn ask_kernel(&self) -> io::Result<Waited> {
        // Held while the kernel looks at them, so that no number is used again meanwhile.
        let watched: Vec<(Arc<Io>, Direction)> = {
            let mut interests = self.interests();
            interests.retain(|interest| interest.io.strong_count() > 0);
            let alive = |interest: &Interest| Some((interest.io.upgrade()?, interest.direction));
            interests.iter().filter_map(alive).collect()
        };
        let mut polled = vec![pollfd(self.bell.fd(), libc::POLLIN)];
        polled.extend(watched.iter().map(|(io, direction)| match direction {
            Direction::Read => pollfd(io.fd(), libc::POLLIN),
            Direction::Write => pollfd(io.fd(), libc::POLLOUT),
        }));
        let timeout = milliseconds(self.timers.earliest());
        // SAFETY: the pointer and the length are those of the vector.
        let ready =
            unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, timeout) };
        if ready < 0 {
            let error = io::Error::last_os_error();
            return match error.kind() {
                ErrorKind::Interrupted => Ok(Waited::Interrupted),
                _ => Err(error),
            };
        }
        for (at, (io, direction)) in watched.iter().enumerate() {
            if polled[at + 1].revents != 0 {
                self.fire(io, *direction);
            }
        }
        Ok(Waited::Woken)
    }

    /// A file descriptor is ready: the interest in it is satisfied.
    fn fire(&self, io: &Arc<Io>, direction: Direction) {
        let satisfied: Vec<Interest> =
            self.interests().extract_if(.., |interest| interest.is_in(io, direction)).collect();
        io.side(direction).fire();
        satisfied.into_iter().for_each(|interest| interest.waker.wake());
    }
}

impl Wake for Poller {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.state.swap(WOKEN, Ordering::SeqCst) == WAITING {
            self.bell.ring();
        }
    }
}

fn pollfd(fd: std::os::fd::RawFd, events: libc::c_short) -> libc::pollfd {
    libc::pollfd { fd, events, revents: 0 }
}

/// How long to wait, rounded up; -1 without an end.
fn milliseconds(deadline: Option<Instant>) -> libc::c_int {
    let Some(deadline) = deadline else { return -1 };
    let left = deadline.saturating_duration_since(Instant::now());
    let left = left.saturating_add(Duration::from_micros(999)).as_millis();
    libc::c_int::try_from(left).unwrap_or(libc::c_int::MAX)
}

thread_local! {
    /// One that is not in use, for the next wait of this thread; those of an older generation are
    /// shared with the parent of a fork.
    static SPARE: RefCell<Option<(u32, Arc<Poller>)>> = const { RefCell::new(None) };
}

/// The poller of this thread for one wait, which may be within another one.
pub(crate) struct Borrowed(pub(crate) Arc<Poller>);

pub(crate) fn borrow() -> io::Result<Borrowed> {
    let spare = SPARE.with(|spare| spare.borrow_mut().take());
    match spare {
        Some((generation, poller)) if super::fork::is_own(generation) => Ok(Borrowed(poller)),
        _ => Poller::new().map(Borrowed),
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        self.0.interests().clear();
        self.0.timers.clear();
        let spare = Some((super::fork::generation(), self.0.clone()));
        let _ = SPARE.try_with(|place| place.replace(spare));
    }
}
