//! Ctrl-C: the first one lets what runs in simulated time end, stops what runs live, and has everything so far told; the second
//! one ends the process at once.

use super::super::exit::Exit;
use tokio::sync::watch;

/// Whether somebody pressed Ctrl-C.
pub(super) struct Interrupt {
    pressed: watch::Receiver<bool>,
}

impl Interrupt {
    /// Watches for it on a thread of its own. Where the system offers no signals, it never comes.
    pub(super) fn watch() -> Self {
        let (sender, pressed) = watch::channel(false);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                if tokio::signal::ctrl_c().await.is_err() || sender.send(true).is_err() {
                    return;
                }
                if tokio::signal::ctrl_c().await.is_ok() {
                    std::process::exit(i32::from(Exit::Interrupted.code()));
                }
            });
        });
        Interrupt { pressed }
    }

    /// Whether it came.
    pub(super) fn came(&self) -> bool {
        *self.pressed.borrow()
    }

    /// Waits until it comes.
    pub(super) async fn wait(&self) {
        let mut pressed = self.pressed.clone();
        if pressed.wait_for(|pressed| *pressed).await.is_err() {
            // Nobody watches: it never comes.
            std::future::pending::<()>().await;
        }
    }
}
