//! Keys by the names that the page itself sees: `Control+Shift+Enter`, `F2`, `a`.

use headless_chrome::protocol::cdp::Input::{DispatchKeyEvent, DispatchKeyEventTypeOption};

/// Down and up, with the modifiers before it.
pub(super) fn events(combination: &str) -> [DispatchKeyEvent; 2] {
    let mut parts: Vec<_> = combination.split('+').collect();
    let key = parts.pop().filter(|key| !key.is_empty()).unwrap_or("+");
    let modifiers = parts
        .iter()
        .filter(|part| !part.is_empty())
        .map(|part| match *part {
            "Alt" => 1,
            "Control" => 2,
            "Meta" => 4,
            "Shift" => 8,
            other => panic!("{other} is no modifier"),
        });
    let modifiers = modifiers.sum::<u32>();
    let key = if key == "Space" { " " } else { key };
    let text = match key {
        "Enter" => Some("\r"),
        _ if key.chars().count() == 1 => Some(key),
        _ => None,
    };
    // With Control and the like a key types nothing.
    let text = text.filter(|_| modifiers & !8 == 0).map(str::to_owned);
    let code = code(key);
    let event = |kind| DispatchKeyEvent {
        Type: kind,
        modifiers: Some(modifiers),
        timestamp: None,
        text: text.clone(),
        unmodified_text: text.clone(),
        key_identifier: None,
        code: Some(code.0.clone()),
        key: Some(key.to_owned()),
        windows_virtual_key_code: Some(code.1),
        native_virtual_key_code: Some(code.1),
        auto_repeat: None,
        is_keypad: None,
        is_system_key: None,
        location: None,
        commands: command(combination).map(|command| vec![command.to_owned()]),
    };
    let down = match text {
        Some(_) => DispatchKeyEventTypeOption::KeyDown,
        None => DispatchKeyEventTypeOption::RawKeyDown,
    };
    [event(down), event(DispatchKeyEventTypeOption::KeyUp)]
}

/// What a desktop's key bindings would do; without a window there are none.
fn command(combination: &str) -> Option<&'static str> {
    match combination {
        "Control+a" => Some("selectAll"),
        "Control+c" => Some("copy"),
        "Control+v" => Some("paste"),
        _ => None,
    }
}

/// The key's place on the keyboard, and Windows' number of it.
fn code(key: &str) -> (String, u32) {
    let number = match key {
        "Backspace" => 8,
        "Tab" => 9,
        "Enter" => 13,
        "Escape" => 27,
        " " => return ("Space".to_owned(), 32),
        "PageUp" => 33,
        "PageDown" => 34,
        "End" => 35,
        "Home" => 36,
        "ArrowLeft" => 37,
        "ArrowUp" => 38,
        "ArrowRight" => 39,
        "ArrowDown" => 40,
        "Delete" => 46,
        "F2" => 113,
        "F10" => 121,
        _ => {
            let mut letters = key.chars();
            let (Some(letter), None) = (letters.next(), letters.next()) else {
                panic!("{key} is no key that is known here");
            };
            let upper = letter.to_ascii_uppercase();
            return match letter {
                '0'..='9' => (format!("Digit{letter}"), u32::from(letter)),
                'a'..='z' | 'A'..='Z' => (format!("Key{upper}"), u32::from(upper)),
                // Numbered as a letter, an apostrophe would be the right arrow.
                _ => (String::new(), 0),
            };
        }
    };
    (key.to_owned(), number)
}
