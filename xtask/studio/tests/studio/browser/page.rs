//! A tab with the studio in it, used as a person uses it: by what can be seen, pressed and heard.

mod elements;
mod hands;
mod seen;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use headless_chrome::protocol::cdp::types::Method;
use headless_chrome::protocol::cdp::{Browser as BrowserDomain, Emulation, Page as Cdp, Runtime};
use headless_chrome::{Browser, Tab};
use serde_json::{Value, json};

use self::seen::{Seen, watch};
use super::chromium::browser;
use crate::studio::Studio;

/// Longer than anything takes, even on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two commands the driver's connection sleeps for a tenth of a second, unless the browser has something to tell.
const TICKING: &str = "setInterval(() => console.debug('tick'), 5)";

pub(super) struct Page {
    tab: Arc<Tab>,
    origin: String,
    seen: Arc<Mutex<Seen>>,
    _browser: Arc<Browser>,
}

impl Page {
    /// The studio's first view, as its address opens it. `None` where there is no browser.
    pub(super) fn open(studio: &Studio) -> Option<Self> {
        Self::open_at(studio, "")
    }

    /// As [`open`](Self::open), at a place: `#/tables/public/orders`.
    pub(super) fn open_at(studio: &Studio, place: &str) -> Option<Self> {
        Self::open_in(studio, place, (1440, 900))
    }

    /// As [`open_at`](Self::open_at), in a window of that width and height.
    pub(super) fn open_in(studio: &Studio, place: &str, window: (u32, u32)) -> Option<Self> {
        let page = Self::blank(&format!("http://{}", studio.host()))?;
        page.size(window.0, window.1);
        let then = place.replacen('#', "&", 1);
        page.visit(&format!("{}/#t={}{then}", page.origin, studio.token));
        page.until("document.querySelector('.relations-list')?.childElementCount > 0");
        Some(page)
    }

    /// A tab that has loaded nothing yet, and is to ask nobody but this origin.
    pub(super) fn blank(origin: &str) -> Option<Self> {
        let browser = browser()?;
        let context = browser.new_context().expect("a session of its own");
        let tab = context.new_tab().expect("a tab");
        drop(context);
        tab.set_default_timeout(PATIENCE);
        let page = Self {
            seen: watch(&tab),
            tab,
            origin: origin.to_owned(),
            _browser: browser,
        };
        page.size(1440, 900);
        // A tab in the background has the focus, too.
        page.cdp(Emulation::SetFocusEmulationEnabled { enabled: true });
        for script in [include_str!("hearing.js"), TICKING] {
            page.cdp(Cdp::AddScriptToEvaluateOnNewDocument {
                source: script.to_owned(),
                world_name: None,
                include_command_line_api: None,
                run_immediately: Some(true),
            });
        }
        Some(page)
    }

    /// What it is to ask, and nobody else: `http://127.0.0.1:4983`.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// Goes to an address, whoever serves it.
    pub(super) fn visit(&self, address: &str) {
        self.tab.navigate_to(address).expect("an address");
        self.tab.wait_until_navigated().expect("it loads");
    }

    /// Goes to a place of the page, `#/sql`, as a link in it does.
    pub(super) fn go(&self, place: &str) {
        self.eval(&format!("location.hash = {}", json!(place)));
    }

    pub(super) fn reload(&self) {
        // What is asked next is not to be answered by the page that goes.
        self.eval("globalThis.goes = true");
        self.tab.reload(false, None).expect("it loads again");
        self.until("!globalThis.goes");
    }

    /// In CSS pixels.
    pub(super) fn size(&self, width: u32, height: u32) {
        self.cdp(Emulation::SetDeviceMetricsOverride {
            width,
            height,
            device_scale_factor: 1.0,
            mobile: false,
            scale: None,
            screen_width: None,
            screen_height: None,
            position_x: None,
            position_y: None,
            dont_set_visible_size: None,
            screen_orientation: None,
            viewport: None,
            display_feature: None,
            device_posture: None,
        });
    }

    /// What the system prefers: `("prefers-color-scheme", "dark")`.
    pub(super) fn prefer(&self, features: &[(&str, &str)]) {
        let feature = |&(name, value): &(&str, &str)| Emulation::MediaFeature {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        self.cdp(Emulation::SetEmulatedMedia {
            media: None,
            features: Some(features.iter().map(feature).collect()),
        });
    }

    /// The value of an expression, awaited; it must be JSON.
    #[track_caller]
    pub(super) fn eval(&self, expression: &str) -> Value {
        self.try_eval(expression)
            .unwrap_or_else(|error| panic!("{expression}\n{error}"))
    }

    fn try_eval(&self, expression: &str) -> Result<Value, String> {
        let evaluate = Runtime::Evaluate {
            expression: expression.to_owned(),
            return_by_value: Some(true),
            await_promise: Some(true),
            user_gesture: Some(true),
            object_group: None,
            include_command_line_api: None,
            silent: None,
            context_id: None,
            generate_preview: None,
            throw_on_side_effect: None,
            timeout: None,
            disable_breaks: None,
            repl_mode: None,
            allow_unsafe_eval_blocked_by_csp: None,
            unique_context_id: None,
            serialization_options: None,
        };
        let answer = self
            .tab
            .call_method(evaluate)
            .map_err(|error| error.to_string())?;
        match answer.exception_details {
            None => Ok(answer.result.value.unwrap_or_default()),
            Some(thrown) => Err(thrown
                .exception
                .and_then(|one| one.description)
                .unwrap_or(thrown.text)),
        }
    }

    /// Waits until an expression is truthy, and returns it.
    #[track_caller]
    pub(super) fn until(&self, expression: &str) -> Value {
        let start = Instant::now();
        loop {
            let value = self.try_eval(expression);
            if let Ok(value) = &value
                && !matches!(value, Value::Null | Value::Bool(false))
                && *value != json!(0)
                && *value != json!("")
            {
                return value.clone();
            }
            assert!(
                start.elapsed() < PATIENCE,
                "did not come to be: {expression}\n{value:?}\n{}",
                self.state()
            );
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Waits until an expression has this value.
    #[track_caller]
    pub(super) fn until_is(&self, expression: &str, expected: impl Into<Value>) {
        let expected = expected.into();
        let start = Instant::now();
        loop {
            let value = self.try_eval(expression);
            if value.as_ref() == Ok(&expected) {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{expression}\n  expected {expected}\n  is       {value:?}\n{}",
                self.state()
            );
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Waits until a screen reader has said this, perhaps with more around it. What it said up to there is then forgotten.
    #[track_caller]
    pub(super) fn until_heard(&self, text: &str) {
        self.until(&format!("hearing.until({})", json!(text)));
    }

    /// What a screen reader has said by itself since.
    pub(super) fn heard(&self) -> Vec<String> {
        serde_json::from_value(self.eval("hearing.said")).unwrap()
    }

    /// Does what makes the browser save a file: its name, and what is in it.
    #[track_caller]
    pub(super) fn download(&self, act: impl FnOnce()) -> (String, String) {
        let context = self.tab.get_browser_context_id().expect("a session");
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(context.as_deref().unwrap_or("downloads"));
        std::fs::create_dir_all(&folder).unwrap();
        self.cdp(BrowserDomain::SetDownloadBehavior {
            behavior: BrowserDomain::SetDownloadBehaviorBehaviorOption::Allow,
            browser_context_id: context,
            download_path: Some(folder.display().to_string()),
            events_enabled: None,
        });
        act();
        let start = Instant::now();
        // A file has its own name only when it is whole.
        let is_whole = |path: &PathBuf| {
            let extension = path.extension().and_then(|it| it.to_str());
            !matches!(extension, Some("crdownload" | "tmp"))
        };
        let path = loop {
            let files = std::fs::read_dir(&folder).unwrap();
            let paths = files.map(|file| file.unwrap().path());
            if let Some(path) = paths.filter(|path| path.is_file()).find(is_whole) {
                break path;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "no file was saved\n{}",
                self.state()
            );
            thread::sleep(Duration::from_millis(30));
        };
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = String::from_utf8(std::fs::read(&path).unwrap()).expect("text");
        std::fs::remove_dir_all(&folder).unwrap();
        (name, text)
    }

    /// What can be read on the page.
    pub(super) fn text(&self) -> String {
        self.eval("document.body.innerText")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The messages of the browser's own dialogs up to now.
    pub(super) fn dialogs(&self) -> Vec<String> {
        self.seen.lock().unwrap().dialogs.clone()
    }

    /// The address of each request up to now.
    pub(super) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }

    /// The answers up to now that were errors.
    pub(super) fn refused(&self) -> Vec<String> {
        self.seen.lock().unwrap().refused.clone()
    }

    /// What went wrong up to now, which is then forgotten: for a test that is about that.
    pub(super) fn wrong(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap().wrong)
    }

    /// A picture of what is shown.
    pub(super) fn picture(&self) -> Vec<u8> {
        self.tab
            .capture_screenshot(Cdp::CaptureScreenshotFormatOption::Png, None, None, true)
            .expect("a picture")
    }

    pub(super) fn cdp<M: Method + serde::Serialize + std::fmt::Debug>(
        &self,
        method: M,
    ) -> M::ReturnObject {
        self.tab.call_method(method).expect("the browser does it")
    }

    /// What a failed test shows: the text, what went wrong, and where a picture lies.
    fn state(&self) -> String {
        let mut state = String::new();
        let text = self.try_eval("document.body.innerText.slice(0, 2000)");
        let address = self.try_eval("location.hash");
        let _ = writeln!(
            state,
            "at {address:?}: {}\nheard: {:?}",
            text.unwrap_or_default().as_str().unwrap_or_default(),
            self.try_eval("hearing.said")
        );
        let seen = self.seen.lock().unwrap();
        let _ = writeln!(
            state,
            "wrong: {:#?}\nrefused: {:#?}",
            seen.wrong, seen.refused
        );
        let name = thread::current()
            .name()
            .unwrap_or("page")
            .replace("::", "-");
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
        if std::fs::write(&path, self.picture()).is_ok() {
            let _ = writeln!(state, "picture: {}", path.display());
        }
        state
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.tab.close(false);
        if thread::panicking() {
            return;
        }
        let seen = self.seen.lock().unwrap();
        assert!(
            seen.wrong.is_empty(),
            "the page is in order: {:#?}",
            seen.wrong
        );
        let own = |address: &&String| {
            !address.starts_with(&self.origin)
                && !address.starts_with("blob:")
                && !address.starts_with("data:")
        };
        let foreign: Vec<_> = seen.requests.iter().filter(own).collect();
        assert!(foreign.is_empty(), "it asks nobody else: {foreign:#?}");
    }
}
