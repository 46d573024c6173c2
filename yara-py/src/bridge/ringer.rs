//! Waking a loop that watches no file descriptors: one thread that calls `call_soon_threadsafe`.
//!
//! A waker may be called with locks held, or without the interpreter, so it cannot make that call
//! by itself.

use super::executor::LoopExecutor;
use super::fork;
use crate::exit;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};

type Rung = Weak<LoopExecutor>;

static RINGER: Mutex<Option<(u32, Sender<Rung>)>> = Mutex::new(None);

/// Has the loop of an executor call it.
pub(super) fn ring(executor: Rung) {
    let mut place = RINGER.lock().unwrap_or_else(PoisonError::into_inner);
    if place.as_ref().is_none_or(|(generation, _)| !fork::is_own(*generation)) {
        std::mem::forget(place.take());
        let (sender, rung) = channel();
        let started =
            std::thread::Builder::new().name("yara-ringer".into()).spawn(move || serve(&rung));
        if started.is_ok() {
            *place = Some((fork::generation(), sender));
        }
    }
    if let Some((_, sender)) = &*place {
        let _ = sender.send(executor);
    }
}

fn serve(rung: &Receiver<Rung>) {
    while let Ok(executor) = rung.recv() {
        let Some(executor) = executor.upgrade() else { continue };
        let called = exit::attach(|py| {
            // A loop that is closed has nothing to be woken for.
            let _ = executor.call_from_thread(py);
            // The last owner may be this one: it lets go with the interpreter.
            drop::<Arc<LoopExecutor>>(executor);
        });
        if called.is_err() {
            return;
        }
    }
}
