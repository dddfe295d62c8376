//! The mouse and the keyboard.

use headless_chrome::protocol::cdp::Input;
use serde_json::json;

use super::Page;
use super::elements::Target;
use crate::browser::keyboard;

impl Page {
    /// Waits until such an element can be seen and is not covered, and presses the mouse in its middle.
    #[track_caller]
    pub(in crate::browser) fn click<'a>(&self, target: impl Into<Target<'a>>) {
        let point = self.point(target.into());
        self.press_mouse(point, Input::MouseButton::Left, 1);
    }

    /// See [`click`](Self::click).
    #[track_caller]
    pub(in crate::browser) fn double_click<'a>(&self, target: impl Into<Target<'a>>) {
        let point = self.point(target.into());
        self.press_mouse(point, Input::MouseButton::Left, 1);
        self.press_mouse(point, Input::MouseButton::Left, 2);
    }

    /// See [`click`](Self::click).
    #[track_caller]
    pub(in crate::browser) fn right_click<'a>(&self, target: impl Into<Target<'a>>) {
        let point = self.point(target.into());
        self.press_mouse(point, Input::MouseButton::Right, 1);
    }

    /// Moves the pointer onto it.
    #[track_caller]
    pub(in crate::browser) fn hover<'a>(&self, target: impl Into<Target<'a>>) {
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
    pub(in crate::browser) fn press(&self, combinations: &[&str]) {
        for combination in combinations {
            for event in keyboard::events(combination) {
                self.cdp(event);
            }
        }
    }

    /// Types a text, letter by letter; what is on no key comes as from an input method.
    pub(in crate::browser) fn type_text(&self, text: &str) {
        for letter in text.chars() {
            match letter {
                '\n' => self.press(&["Enter"]),
                _ if letter.is_ascii() => self.press(&[&letter.to_string()]),
                _ => self.insert(&letter.to_string()),
            }
        }
    }

    /// A text at once, as from an input method; typing takes a while.
    pub(in crate::browser) fn insert(&self, text: &str) {
        self.cdp(Input::InsertText {
            text: text.to_owned(),
        });
    }

    /// Replaces what is in a field.
    #[track_caller]
    pub(in crate::browser) fn fill<'a>(&self, target: impl Into<Target<'a>>, text: &str) {
        self.click(target);
        self.press(&["Control+a", "Delete"]);
        self.type_text(text);
    }

    /// Chooses from a list that the system draws, by what the option says.
    #[track_caller]
    pub(in crate::browser) fn choose<'a>(&self, target: impl Into<Target<'a>>, option: &str) {
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
}
