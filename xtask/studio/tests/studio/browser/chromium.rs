//! The browser that the tests of this process share; the last of them ends it.

use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use headless_chrome::{Browser, LaunchOptions, browser::default_executable};

static RUNNING: Mutex<Weak<Browser>> = Mutex::new(Weak::new());

/// `None` where there is none, which is said.
pub(super) fn browser() -> Option<Arc<Browser>> {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(browser) = running.upgrade() {
        return Some(browser);
    }
    let path = match default_executable() {
        Ok(path) => path,
        Err(error) => {
            assert!(
                env::var_os("REQUIRE_BROWSER").is_none(),
                "REQUIRE_BROWSER is set, but {error}"
            );
            // Past the capture of the test harness, which shows nothing of a test that passes.
            let test = std::thread::current().name().unwrap_or_default().to_owned();
            let said = format!("skipped {test}: no Chromium (install `chromium`, or set CHROME)\n");
            std::io::stderr().write_all(said.as_bytes()).unwrap();
            return None;
        }
    };
    let options = LaunchOptions {
        path: Some(path),
        // Chromium's own sandbox does not start as root, as which CI runs; the only pages are those of the tests.
        sandbox: false,
        // As long as any test may take between two commands.
        idle_browser_timeout: Duration::from_mins(10),
        window_size: Some((1440, 900)),
        // What is measured and photographed is the page, not a scroll bar that depends on the system.
        args: vec![
            OsStr::new("--hide-scrollbars"),
            // Names that anyone may point here, for what such a page can do.
            OsStr::new("--host-resolver-rules=MAP *.test 127.0.0.1"),
        ],
        ..LaunchOptions::default()
    };
    let browser = Arc::new(Browser::new(options).expect("Chromium starts"));
    *running = Arc::downgrade(&browser);
    Some(browser)
}
