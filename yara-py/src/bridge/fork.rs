//! Noticing that the process is the child of a fork.
//!
//! Sockets are shared between parent and child, threads stay with the parent. So whatever is made
//! here remembers the generation of its process; what is of an older one is neither used nor
//! closed politely, because that would end the parent's connection.

use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

static GENERATION: AtomicU32 = AtomicU32::new(0);

extern "C" fn in_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    crate::exit::forget_threads();
}

/// Begins to watch; once for each process is enough.
pub(crate) fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the handler only writes atomics, which is safe between fork and exec.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
}

/// How many forks lie between this process and the one that loaded the module.
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Whether something of this generation was made by this process.
pub(crate) fn is_own(made_in: u32) -> bool {
    made_in == generation()
}
