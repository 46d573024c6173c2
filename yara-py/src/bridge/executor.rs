//! Polls the futures of one event loop, on the loop's thread.
//!
//! A turn is one call from the loop: a socket is ready, a timer has run out, somebody rang the bell.
//! It polls whoever was woken, and then does what needs Python and must not be done within a poll:
//! watching file descriptors, telling asyncio futures, asking for a timer.

use super::bell::Bell;
use super::callbacks::{Alarm, Doorbell, Ready, Tick};
use super::driver::{self, Driver};
use super::io::{Direction, Io};
use super::tasks::{Outcome, TaskId, Tasks, Work};
use super::timers::Timers;
use super::transport::Pipe;
use super::{PyFuture, fork, ringer};
use pyo3::exceptions::PyNotImplementedError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyWeakrefMethods, PyWeakrefReference};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};
use yara_core::future::BoxFuture;

/// After so long, the others on the loop have their turn.
const LONGEST_TURN: Duration = Duration::from_millis(1);

/// Seconds; no program waits for it.
const A_DECADE: f64 = 10.0 * 365.0 * 24.0 * 3600.0;

/// What a poll leaves to be done with Python.
pub(crate) enum Chore {
    /// Watch a file descriptor.
    Watch(Arc<Io>, Direction),
    /// Stop watching it, and let it be closed.
    Release(Arc<Io>),
    /// Hand over what goes out through a transport.
    Attend(Arc<Pipe>),
    /// The same, and close it.
    End(Arc<Pipe>),
}

/// See the [module](self).
pub(crate) struct LoopExecutor {
    me: Weak<LoopExecutor>,
    event_loop: Py<PyWeakrefReference>,
    generation: u32,
    closed: AtomicBool,
    tasks: Mutex<Tasks>,
    ready: Mutex<Vec<usize>>,
    chores: Mutex<Vec<Chore>>,
    /// asyncio futures of operations that are over.
    told: Mutex<Vec<Py<PyAny>>>,
    timers: Arc<Timers>,
    /// When the loop will call because of a timer, if it was asked to and has not yet.
    alarm: Mutex<Option<Instant>>,
    bell: Bell,
    rung: AtomicBool,
    /// The loop will call in its next iteration.
    soon: AtomicBool,
    turning: AtomicBool,
    sockets: Mutex<Vec<Weak<Io>>>,
    pipes: Mutex<Vec<Weak<Pipe>>>,
    /// Whether the loop watches file descriptors.
    watches: AtomicBool,
    /// What the loop calls; made once.
    tick: Mutex<Option<Py<Tick>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How an operation began.
pub(crate) enum Started {
    /// It is over already.
    Over(PyResult<Py<PyAny>>),
    /// It is under way; the asyncio future is told when it is over.
    UnderWay { id: TaskId, outcome: Arc<Outcome>, waiter: Py<PyAny> },
}

impl LoopExecutor {
    /// The executor of a loop that is running.
    pub(crate) fn new(event_loop: &Bound<'_, PyAny>) -> PyResult<Arc<LoopExecutor>> {
        let py = event_loop.py();
        let bell = Bell::new()?;
        let listened = bell.fd();
        let reference = PyWeakrefReference::new(event_loop)?.unbind();
        let executor = Arc::new_cyclic(|me| LoopExecutor {
            me: me.clone(),
            event_loop: reference,
            generation: fork::generation(),
            closed: AtomicBool::new(false),
            tasks: Mutex::default(),
            ready: Mutex::default(),
            chores: Mutex::default(),
            told: Mutex::default(),
            timers: Arc::default(),
            alarm: Mutex::default(),
            bell,
            rung: AtomicBool::new(false),
            soon: AtomicBool::new(false),
            turning: AtomicBool::new(false),
            sockets: Mutex::default(),
            pipes: Mutex::default(),
            watches: AtomicBool::new(true),
            tick: Mutex::default(),
        });
        *lock(&executor.tick) = Some(Py::new(py, Tick::new(Arc::downgrade(&executor)))?);
        let doorbell = Py::new(py, Doorbell::new(executor.clone()))?;
        let listening = (listened, doorbell.clone_ref(py));
        match event_loop.call_method1(intern!(py, "add_reader"), listening) {
            Ok(_) => {}
            Err(error) if error.is_instance_of::<PyNotImplementedError>(py) => {
                executor.watches.store(false, Ordering::SeqCst);
                // The loop owns it until it is closed, which is all that it is for here.
                event_loop.call_method1(intern!(py, "call_later"), (A_DECADE, doorbell))?;
            }
            Err(error) => return Err(error),
        }
        Ok(executor)
    }

    /// Whether the loop watches file descriptors; else it owns its sockets.
    pub(super) fn watches(&self) -> bool {
        self.watches.load(Ordering::SeqCst)
    }

    /// Whether its loop is open, and this process the one that made it.
    pub(crate) fn is_usable(&self) -> bool {
        !self.closed.load(Ordering::SeqCst) && fork::is_own(self.generation)
    }

    /// Whether it is of this process.
    pub(crate) fn is_own(&self) -> bool {
        fork::is_own(self.generation)
    }

    pub(crate) fn timers(&self) -> &Arc<Timers> {
        &self.timers
    }

    /// The loop. Errs where it is gone.
    pub(crate) fn event_loop<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.event_loop.bind(py).upgrade().ok_or_else(|| {
            pyo3::exceptions::PyRuntimeError::new_err("the event loop of the connection is gone")
        })
    }

    /// Remembers a socket, for the day the loop is closed.
    pub(super) fn adopt(&self, io: &Arc<Io>) {
        let mut sockets = lock(&self.sockets);
        sockets.retain(|socket| socket.strong_count() > 0);
        sockets.push(Arc::downgrade(io));
    }

    /// The same for a transport.
    pub(super) fn adopt_pipe(&self, pipe: &Arc<Pipe>) {
        let mut pipes = lock(&self.pipes);
        pipes.retain(|pipe| pipe.strong_count() > 0);
        pipes.push(Arc::downgrade(pipe));
    }

    /// Notes what has to be done with Python.
    pub(super) fn note(&self, chore: Chore) {
        if self.is_usable() {
            lock(&self.chores).push(chore);
            self.nudge();
        }
    }

    /// A piece of work was woken.
    pub(super) fn make_ready(&self, index: usize) {
        if self.is_usable() {
            lock(&self.ready).push(index);
            self.nudge();
        }
    }

    /// Makes the loop call, unless it is here already.
    fn nudge(&self) {
        if !driver::is_within(self) && !self.rung.swap(true, Ordering::SeqCst) {
            self.ring();
        }
    }

    fn ring(&self) {
        if self.watches() {
            self.bell.ring();
        } else {
            ringer::ring(self.me.clone());
        }
    }

    /// Has the loop call, from another thread.
    pub(super) fn call_from_thread(&self, py: Python<'_>) -> PyResult<()> {
        let tick = lock(&self.tick).as_ref().map(|tick| tick.clone_ref(py));
        if let Some(tick) = tick {
            let event_loop = self.event_loop(py)?;
            event_loop.call_method1(intern!(py, "call_soon_threadsafe"), (tick,))?;
        }
        Ok(())
    }

    /// Runs a task beside the program.
    pub(super) fn spawn(&self, task: BoxFuture<'static, ()>) {
        if !self.is_own() {
            // What it would clear away is that of the parent process.
            std::mem::forget(task);
        } else if self.is_usable() {
            let id = lock(&self.tasks).insert(Work::Detached(task), &self.me);
            self.make_ready(id.index);
        }
    }

    /// Begins an operation, from within a task of the loop.
    pub(super) fn start(
        self: &Arc<Self>,
        event_loop: &Bound<'_, PyAny>,
        future: PyFuture,
    ) -> PyResult<Started> {
        let py = event_loop.py();
        let outcome = Arc::new(Outcome::default());
        let work = Work::Operation { future, outcome: outcome.clone(), waiter: None };
        let id = lock(&self.tasks).insert(work, &self.me);
        {
            let _entered = driver::enter(Driver::Loop(self.clone()));
            self.poll(id.index);
        }
        let started = match outcome.take() {
            Some(result) => Started::Over(result),
            None => {
                let waiter = event_loop.call_method0(intern!(py, "create_future"))?.unbind();
                lock(&self.tasks).set_waiter(id, waiter.clone_ref(py));
                // Making the waiter may have run anything, this executor too.
                match outcome.take() {
                    Some(result) => Started::Over(result),
                    None => Started::UnderWay { id, outcome, waiter },
                }
            }
        };
        self.settle(py);
        Ok(started)
    }

    /// Ends an operation before its time.
    pub(super) fn cancel(self: &Arc<Self>, id: TaskId) {
        if !self.is_own() {
            return;
        }
        let work = lock(&self.tasks).cancel(id);
        {
            let _entered = driver::enter(Driver::Loop(self.clone()));
            drop(work);
        }
        // The loop may be another thread's: it is only nudged.
        if self.has_work() {
            self.rung.store(true, Ordering::SeqCst);
            self.ring();
        }
    }

    fn has_work(&self) -> bool {
        !lock(&self.ready).is_empty() || !lock(&self.chores).is_empty()
    }

    /// Polls one piece of work. No lock is held meanwhile.
    fn poll(&self, index: usize) {
        let taken = lock(&self.tasks).take(index);
        let Some((mut work, waker)) = taken else { return };
        let waker = Waker::from(waker);
        // What panics is over, and whoever awaits it is told; the others go on.
        let polled = catch_unwind(AssertUnwindSafe(|| work.poll(&waker)));
        match polled.unwrap_or_else(|_| Poll::Ready(work.fail())) {
            Poll::Pending => {
                let cancelled = lock(&self.tasks).put_back(index, work);
                drop(cancelled);
            }
            Poll::Ready(waiter) => {
                lock(&self.tasks).release(index);
                lock(&self.told).extend(waiter);
                drop(work);
            }
        }
    }

    /// The loop calls: polls whoever was woken, for a while.
    pub(super) fn turn(self: &Arc<Self>, py: Python<'_>) {
        if !self.is_usable() || self.turning.swap(true, Ordering::SeqCst) {
            return;
        }
        let _turning = Turning(self);
        {
            let _entered = driver::enter(Driver::Loop(self.clone()));
            self.timers.fire();
            let begin = Instant::now();
            loop {
                let batch = std::mem::take(&mut *lock(&self.ready));
                if batch.is_empty() {
                    break;
                }
                for index in batch {
                    self.poll(index);
                }
                if begin.elapsed() > LONGEST_TURN {
                    break;
                }
            }
        }
        self.settle(py);
    }

    /// The bell rings.
    pub(super) fn answer_bell(self: &Arc<Self>, py: Python<'_>) {
        self.bell.hush();
        self.rung.store(false, Ordering::SeqCst);
        self.turn(py);
    }

    /// The loop calls as it was asked to.
    pub(super) fn on_tick(self: &Arc<Self>, py: Python<'_>) {
        self.soon.store(false, Ordering::SeqCst);
        if !self.watches() {
            self.rung.store(false, Ordering::SeqCst);
        }
        self.turn(py);
    }

    /// The loop calls because of a timer; where it is early, it is asked again.
    pub(super) fn on_alarm(self: &Arc<Self>, py: Python<'_>, deadline: Instant) {
        {
            let mut alarm = lock(&self.alarm);
            if *alarm == Some(deadline) {
                *alarm = None;
            }
        }
        self.turn(py);
    }

    /// Does what polls have left to be done with Python. One thing that fails does not keep the
    /// others from being done.
    fn settle(self: &Arc<Self>, py: Python<'_>) {
        loop {
            let chores = std::mem::take(&mut *lock(&self.chores));
            let told = std::mem::take(&mut *lock(&self.told));
            if chores.is_empty() && told.is_empty() {
                break;
            }
            for chore in chores {
                self.report(py, self.attend(py, chore));
            }
            for waiter in told {
                self.report(py, tell(waiter.bind(py)));
            }
        }
        let outcome = self.ask_for_turn(py);
        self.report(py, outcome);
    }

    fn report(&self, py: Python<'_>, outcome: PyResult<()>) {
        if let Err(error) = outcome {
            error.write_unraisable(py, None);
        }
    }

    fn attend(self: &Arc<Self>, py: Python<'_>, chore: Chore) -> PyResult<()> {
        let Some(event_loop) = self.event_loop.bind(py).upgrade() else { return Ok(()) };
        match chore {
            Chore::Watch(io, direction) => {
                let method = match direction {
                    Direction::Read => intern!(py, "add_reader"),
                    Direction::Write => intern!(py, "add_writer"),
                };
                let callback = Ready::new(&io, direction, &self.me);
                event_loop.call_method1(method, (io.fd(), Py::new(py, callback)?))?;
            }
            Chore::Attend(pipe) => pipe.attend(py, false)?,
            Chore::End(pipe) => pipe.attend(py, true)?,
            Chore::Release(io) => {
                event_loop.call_method1(intern!(py, "remove_reader"), (io.fd(),))?;
                event_loop.call_method1(intern!(py, "remove_writer"), (io.fd(),))?;
            }
        }
        Ok(())
    }

    /// A file descriptor is ready: who waits for it is woken, for the turn that follows. True where
    /// it was ready before, and nobody cared.
    pub(super) fn fire(self: &Arc<Self>, io: &Io, direction: Direction) -> bool {
        let _entered = driver::enter(Driver::Loop(self.clone()));
        io.side(direction).fire()
    }

    /// Wakes a waker for the turn that follows.
    pub(super) fn wake(self: &Arc<Self>, waker: Waker) {
        let _entered = driver::enter(Driver::Loop(self.clone()));
        waker.wake();
    }

    /// Stops watching one direction of a socket.
    pub(super) fn unwatch(&self, py: Python<'_>, io: &Io, direction: Direction) -> PyResult<()> {
        if io.side(direction).end_watch() {
            let method = match direction {
                Direction::Read => intern!(py, "remove_reader"),
                Direction::Write => intern!(py, "remove_writer"),
            };
            self.event_loop(py)?.call_method1(method, (io.fd(),))?;
        }
        Ok(())
    }

    /// Makes sure that the loop calls again, if there is something to do.
    fn ask_for_turn(&self, py: Python<'_>) -> PyResult<()> {
        let tick = || lock(&self.tick).as_ref().map(|tick| tick.clone_ref(py));
        if !lock(&self.ready).is_empty()
            && !self.turning_elsewhere()
            && !self.soon.swap(true, Ordering::SeqCst)
            && let Some(tick) = tick()
        {
            self.event_loop(py)?.call_method1(intern!(py, "call_soon"), (tick,))?;
        }
        if let Some(deadline) = self.timers.earliest() {
            let sooner = {
                let mut alarm = lock(&self.alarm);
                let useful = alarm.is_some_and(|at| at <= deadline);
                if !useful {
                    *alarm = Some(deadline);
                }
                !useful
            };
            if sooner {
                let delay = deadline.saturating_duration_since(Instant::now());
                // asyncio may call a little early, by the resolution of its clock.
                let delay = delay.as_secs_f64() + 0.000_5;
                let alarm = Py::new(py, Alarm::new(self.me.clone(), deadline))?;
                self.event_loop(py)?.call_method1(intern!(py, "call_later"), (delay, alarm))?;
            }
        }
        Ok(())
    }

    fn turning_elsewhere(&self) -> bool {
        // Within a turn, its own loop polls what is ready, or settles at its end.
        self.turning.load(Ordering::SeqCst) && driver::is_within(self)
    }

    /// The loop is closed, or gone: what was under way is dropped, and servers are told.
    pub(super) fn close(&self) {
        if !self.is_own() || self.closed.swap(true, Ordering::SeqCst) {
            return;
        }
        for io in std::mem::take(&mut *lock(&self.sockets)).iter().filter_map(Weak::upgrade) {
            io.die();
        }
        for pipe in std::mem::take(&mut *lock(&self.pipes)).iter().filter_map(Weak::upgrade) {
            pipe.hang_up();
        }
        let work = lock(&self.tasks).drain();
        let chores = std::mem::take(&mut *lock(&self.chores));
        let told = std::mem::take(&mut *lock(&self.told));
        let tick = lock(&self.tick).take();
        self.timers.clear();
        drop((work, chores, told, tick));
    }
}

/// A turn that ends by a panic ends all the same.
struct Turning<'e>(&'e LoopExecutor);

impl Drop for Turning<'_> {
    fn drop(&mut self) {
        self.0.turning.store(false, Ordering::SeqCst);
    }
}

/// Tells an asyncio future that what it stands for is over, unless it was cancelled.
fn tell(waiter: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = waiter.py();
    if !waiter.call_method0(intern!(py, "done"))?.is_truthy()? {
        waiter.call_method1(intern!(py, "set_result"), (py.None(),))?;
    }
    Ok(())
}
