//! Ctrl-C: what was begun is taken away again, at once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};

/// The file that is being written under a name of its own, to be renamed when it is whole.
static PARTIAL: Mutex<Option<PathBuf>> = Mutex::new(None);
static HANDLER: Once = Once::new();

/// From now on, an interrupted command removes this file and says that `target` is as before.
pub fn remove_if_interrupted(partial: &Path, target: &Path) {
    *PARTIAL.lock().unwrap_or_else(PoisonError::into_inner) = Some(partial.to_path_buf());
    let target = target.to_path_buf();
    HANDLER.call_once(|| {
        // Without a handler the file stays; the next run to the same target replaces it.
        let _ = ctrlc::set_handler(move || {
            let partial = PARTIAL.lock().unwrap_or_else(PoisonError::into_inner).take();
            let _ = partial.map(fs::remove_file);
            notice!("interrupted: nothing was written to {}", target.display());
            // As a shell reports a command that an interrupt ended.
            process::exit(130);
        });
    });
}

/// Set by the first Ctrl-C to commands that end by themselves ([`listen`]).
pub static STOP: AtomicBool = AtomicBool::new(false);

/// From now on the first Ctrl-C asks the command to stop, and the second one ends it.
pub fn listen() {
    HANDLER.call_once(|| {
        let _ = ctrlc::set_handler(move || {
            if STOP.swap(true, Ordering::Relaxed) {
                process::exit(130);
            }
        });
    });
}

/// From now on the first Ctrl-C ends the command.
pub fn end_at_once() {
    STOP.store(true, Ordering::Relaxed);
}

/// Whether the command was asked to stop.
pub fn was_asked() -> bool {
    STOP.load(Ordering::Relaxed)
}
