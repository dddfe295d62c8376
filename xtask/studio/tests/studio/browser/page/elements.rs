//! What one points at, and how it is found.

use std::thread;
use std::time::{Duration, Instant};

use headless_chrome::protocol::cdp::{Accessibility, DOM, Runtime};
use serde_json::{Value, json};

use super::{PATIENCE, Page};

/// What one points at.
#[derive(Clone, Copy, Debug)]
pub(in crate::browser) enum Target<'a> {
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
    /// What a function of the element gives, when there is one.
    #[track_caller]
    pub(in crate::browser) fn of<'a>(
        &self,
        target: impl Into<Target<'a>>,
        function: &str,
    ) -> Value {
        let target = target.into();
        self.patiently(target, |page, object| page.call_on(object, function).ok())
    }

    /// Is there such an element, now?
    pub(in crate::browser) fn has<'a>(&self, target: impl Into<Target<'a>>) -> bool {
        self.find(target.into()).is_some()
    }

    /// The middle of an element that can be pressed.
    #[track_caller]
    pub(super) fn point(&self, target: Target) -> (f64, f64) {
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
}
