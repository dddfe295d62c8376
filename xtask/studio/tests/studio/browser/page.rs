//! A tab with the studio in it, used as a person uses it: by what can be seen, pressed and heard.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use headless_chrome::protocol::cdp::types::{Event, Method};
use headless_chrome::protocol::cdp::{
    Accessibility, Browser as BrowserDomain, DOM, Emulation, Input, Log, Network, Page as Cdp,
    Runtime,
};
use headless_chrome::{Browser, Tab};
use serde_json::{Value, json};

use super::chromium::browser;
use super::keyboard;
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

/// What came from the browser by itself.
#[derive(Default)]
struct Seen {
    /// What must never be: exceptions, errors on the console, violations of the policy.
    wrong: Vec<String>,
    /// Answers that are errors, which a test may well ask for.
    refused: Vec<String>,
    /// The address of each request.
    requests: Vec<String>,
    /// The messages of dialogs, each of which was accepted.
    dialogs: Vec<String>,
}

/// What one points at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'a> {
    Css(&'a str),
    /// What assistive technology gets: the role, and the whole of the accessible name.
    Role(&'a str, &'a str),
}

impl<'a> From<&'a str> for Target<'a> {
    fn from(selector: &'a str) -> Self {
        Self::Css(selector)
    }
}

impl<'a> From<(&'a str, &'a str)> for Target<'a> {
    fn from((role, name): (&'a str, &'a str)) -> Self {
        Self::Role(role, name)
    }
}

impl Page {
    /// The studio's first view, as its address opens it. `None` where there is no browser.
    pub(super) fn open(studio: &Studio) -> Option<Self> {
        Self::open_at(studio, "")
    }

    /// As [`open`](Self::open), at a place: `#/tables/public/orders`.
    pub(super) fn open_at(studio: &Studio, place: &str) -> Option<Self> {
        let page = Self::blank(&format!("http://{}", studio.host()))?;
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

    /// Waits until such an element can be seen and is not covered, and presses the mouse in its middle.
    #[track_caller]
    pub(super) fn click<'a>(&self, target: impl Into<Target<'a>>) {
        let point = self.point(target.into());
        self.press_mouse(point, Input::MouseButton::Left, 1);
    }

    /// See [`click`](Self::click).
    #[track_caller]
    pub(super) fn double_click<'a>(&self, target: impl Into<Target<'a>>) {
        let point = self.point(target.into());
        self.press_mouse(point, Input::MouseButton::Left, 1);
        self.press_mouse(point, Input::MouseButton::Left, 2);
    }

    /// See [`click`](Self::click).
    #[track_caller]
    pub(super) fn right_click<'a>(&self, target: impl Into<Target<'a>>) {
        let point = self.point(target.into());
        self.press_mouse(point, Input::MouseButton::Right, 1);
    }

    /// Moves the pointer onto it.
    #[track_caller]
    pub(super) fn hover<'a>(&self, target: impl Into<Target<'a>>) {
        let point = self.point(target.into());
        self.mouse(
            Input::DispatchMouseEventTypeOption::MouseMoved,
            point,
            None,
            0,
        );
    }

    fn press_mouse(&self, at: (f64, f64), button: Input::MouseButton, count: u32) {
        use Input::DispatchMouseEventTypeOption::{MouseMoved, MousePressed, MouseReleased};
        self.mouse(MouseMoved, at, None, 0);
        self.mouse(MousePressed, at, Some(button.clone()), count);
        self.mouse(MouseReleased, at, Some(button), count);
    }

    fn mouse(
        &self,
        kind: Input::DispatchMouseEventTypeOption,
        (x, y): (f64, f64),
        button: Option<Input::MouseButton>,
        count: u32,
    ) {
        self.cdp(Input::DispatchMouseEvent {
            Type: kind,
            x,
            y,
            modifiers: None,
            timestamp: None,
            button,
            buttons: None,
            click_count: Some(count),
            force: None,
            tangential_pressure: None,
            tilt_x: None,
            tilt_y: None,
            twist: None,
            delta_x: None,
            delta_y: None,
            pointer_Type: None,
        });
    }

    /// Presses keys one after the other, each a combination as `Control+Shift+Enter`.
    #[track_caller]
    pub(super) fn press(&self, combinations: &[&str]) {
        for combination in combinations {
            for event in keyboard::events(combination) {
                self.cdp(event);
            }
        }
    }

    /// Types a text, letter by letter; what is on no key comes as from an input method.
    pub(super) fn type_text(&self, text: &str) {
        for letter in text.chars() {
            match letter {
                '\n' => self.press(&["Enter"]),
                _ if letter.is_ascii() => self.press(&[&letter.to_string()]),
                _ => self.insert(&letter.to_string()),
            }
        }
    }

    /// A text at once, as from an input method; typing takes a while.
    pub(super) fn insert(&self, text: &str) {
        self.cdp(Input::InsertText {
            text: text.to_owned(),
        });
    }

    /// Replaces what is in a field.
    #[track_caller]
    pub(super) fn fill<'a>(&self, target: impl Into<Target<'a>>, text: &str) {
        self.click(target);
        self.press(&["Control+a", "Delete"]);
        self.type_text(text);
    }

    /// Chooses from a list that the system draws, by what the option says.
    #[track_caller]
    pub(super) fn choose<'a>(&self, target: impl Into<Target<'a>>, option: &str) {
        let function = format!(
            "element => {{
                const option = [...element.options].find(one => one.label === {});
                element.focus();
                element.value = option.value;
                for (const name of ['input', 'change']) element.dispatchEvent(new Event(name, {{ bubbles: true }}));
            }}",
            json!(option)
        );
        self.of(target, &function);
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

    /// What a function of the element gives, when there is one.
    #[track_caller]
    pub(super) fn of<'a>(&self, target: impl Into<Target<'a>>, function: &str) -> Value {
        let target = target.into();
        self.patiently(target, |page, object| page.call_on(object, function).ok())
    }

    /// Is there such an element, now?
    pub(super) fn has<'a>(&self, target: impl Into<Target<'a>>) -> bool {
        self.find(target.into()).is_some()
    }

    /// The middle of an element that can be pressed.
    #[track_caller]
    fn point(&self, target: Target) -> (f64, f64) {
        // An element that moves yet is not pressed where it was.
        let function = "async function () {
            this.scrollIntoView({ block: 'nearest', inline: 'nearest' });
            const before = this.getBoundingClientRect();
            await new Promise(requestAnimationFrame);
            const { x, y, width, height } = this.getBoundingClientRect();
            if (before.x !== x || before.y !== y) return null;
            const point = [x + width / 2, y + height / 2];
            const top = document.elementFromPoint(...point);
            return width > 0 && (this.contains(top) || top?.contains(this)) ? point : null;
        }";
        let point = self.patiently(target, |page, object| {
            page.call_on(object, function).ok().filter(Value::is_array)
        });
        (point[0].as_f64().unwrap(), point[1].as_f64().unwrap())
    }

    #[track_caller]
    fn patiently(
        &self,
        target: Target,
        mut ask: impl FnMut(&Self, String) -> Option<Value>,
    ) -> Value {
        let start = Instant::now();
        loop {
            let found = self.find(target).and_then(|object| ask(self, object));
            if let Some(value) = found {
                return value;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "no such thing to be pointed at: {target:?}\n{}",
                self.state()
            );
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// The first such element, in the browser's own name for it.
    fn find(&self, target: Target) -> Option<String> {
        let selector = match target {
            Target::Css(selector) => selector,
            Target::Role(role, name) => {
                let root = self.object("document")?;
                let query = Accessibility::QueryAXTree {
                    node_id: None,
                    backend_node_id: None,
                    object_id: Some(root),
                    accessible_name: Some(name.to_owned()),
                    role: Some(role.to_owned()),
                };
                let nodes = self.tab.call_method(query).ok()?.nodes;
                let shown = nodes.into_iter().find(|node| !node.ignored)?;
                let resolve = DOM::ResolveNode {
                    node_id: None,
                    backend_node_id: shown.backend_dom_node_id,
                    object_group: None,
                    execution_context_id: None,
                };
                return self.tab.call_method(resolve).ok()?.object.object_id;
            }
        };
        self.object(&format!("document.querySelector({})", json!(selector)))
    }

    fn object(&self, expression: &str) -> Option<String> {
        self.tab.evaluate(expression, false).ok()?.object_id
    }

    /// Calls a function (`element => …` or `function () { this … }`) with the element.
    fn call_on(&self, object: String, function: &str) -> Result<Value, String> {
        let call = Runtime::CallFunctionOn {
            function_declaration: format!(
                "function () {{ return ({function}).call(this, this); }}"
            ),
            object_id: Some(object),
            return_by_value: Some(true),
            await_promise: Some(true),
            user_gesture: Some(true),
            arguments: None,
            silent: None,
            generate_preview: None,
            execution_context_id: None,
            object_group: None,
            throw_on_side_effect: None,
            unique_context_id: None,
            serialization_options: None,
        };
        let answer = self
            .tab
            .call_method(call)
            .map_err(|error| error.to_string())?;
        match answer.exception_details {
            None => Ok(answer.result.value.unwrap_or_default()),
            Some(thrown) => Err(thrown.text),
        }
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

/// Listens to what the browser tells by itself.
fn watch(tab: &Arc<Tab>) -> Arc<Mutex<Seen>> {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (told, dialogs_of) = (Arc::clone(&seen), Arc::downgrade(tab));
    let listener = move |event: &Event| {
        let mut seen = told.lock().unwrap();
        match event {
            Event::RuntimeExceptionThrown(event) => {
                let thrown = &event.params.exception_details;
                let what = thrown
                    .exception
                    .as_ref()
                    .and_then(|one| one.description.as_ref());
                seen.wrong.push(what.unwrap_or(&thrown.text).clone());
            }
            Event::RuntimeConsoleAPICalled(event)
                if event.params.Type == Runtime::ConsoleAPICalledEventTypeOption::Error =>
            {
                seen.wrong.push(format!("{:?}", event.params.args));
            }
            Event::LogEntryAdded(event)
                if event.params.entry.level == Log::LogEntryLevel::Error =>
            {
                let entry = &event.params.entry;
                let text = format!(
                    "{} ({})",
                    entry.text,
                    entry.url.as_deref().unwrap_or_default()
                );
                if entry.source == Log::LogEntrySource::Network {
                    seen.refused.push(text);
                } else {
                    seen.wrong.push(text);
                }
            }
            Event::NetworkRequestWillBeSent(event) => {
                seen.requests.push(event.params.request.url.clone());
            }
            Event::PageJavascriptDialogOpening(event) => {
                seen.dialogs.push(event.params.message.clone());
                let Some(tab) = dialogs_of.upgrade() else {
                    return;
                };
                // The answer to a command cannot be waited for where events are told.
                thread::spawn(move || tab.get_dialog().accept(None));
            }
            _ => {}
        }
    };
    tab.add_event_listener(Arc::new(listener))
        .expect("a listener");
    tab.enable_runtime().expect("the console is told");
    tab.enable_log().expect("the log is told");
    let network = Network::Enable {
        max_total_buffer_size: None,
        max_resource_buffer_size: None,
        max_post_data_size: None,
        report_direct_socket_traffic: None,
        enable_durable_messages: None,
    };
    tab.call_method(network).expect("requests are told");
    seen
}
