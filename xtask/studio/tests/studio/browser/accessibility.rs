//! What does not depend on seeing well, on a mouse, on a large window.

use std::env;
use std::fs;
use std::io::Write;
use std::path::Path;

use pg_devserver::TestServer;
use serde_json::{Value, json};

use super::page::Page;
use super::screens::{SCREENS, SHOP, Screen};
use crate::studio::Studio;

/// axe-core, where npm has installed it; that it is not here is said.
fn axe() -> Option<String> {
    let file = "tests/axe/node_modules/axe-core/axe.min.js";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    match fs::read_to_string(&path) {
        Ok(axe) => Some(axe),
        Err(error) => {
            assert!(
                env::var_os("REQUIRE_AXE").is_none(),
                "REQUIRE_AXE is set, but {}: {error}",
                path.display()
            );
            let said =
                "skipped what axe-core would find: npm install --prefix xtask/studio/tests/axe\n";
            std::io::stderr().write_all(said.as_bytes()).unwrap();
            None
        }
    }
}

/// What axe-core finds serious or critical, with the elements.
fn violations(page: &Page) -> Vec<String> {
    let found = page.eval(
        "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .flatMap(({ id, help, nodes }) => nodes.map(node => `${id}: ${help}: ${node.html.slice(0, 300)}\n${node.failureSummary}`)))",
    );
    let found = found.as_array().expect("a list");
    found
        .iter()
        .map(|one| one.as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Check 33: each screen, light, dark and narrow, menus and dialogs open.
#[test]
fn no_screen_has_a_serious_violation() {
    let Some(axe) = axe() else { return };
    let studio = Studio::new("axe", SHOP);
    let mut found = Vec::new();
    for screen in SCREENS {
        let Some(page) = screen.open(&studio) else {
            return;
        };
        page.eval(&format!("{axe}; null"));
        for (width, scheme) in [(1440, "light"), (1440, "dark"), (390, "light")] {
            page.size(width, 900);
            page.prefer(&[
                ("prefers-color-scheme", scheme),
                ("prefers-reduced-motion", "reduce"),
            ]);
            let here = violations(&page);
            found.extend(
                here.iter()
                    .map(|one| format!("{}, {scheme}, {width}: {one}", screen.name)),
            );
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// See [`no_screen_has_a_serious_violation`], for what needs a server of its own.
#[test]
fn neither_an_empty_database_nor_a_lost_connection_has_one() {
    let Some(axe) = axe() else { return };
    let mut studio = Studio::on(TestServer::shared(), "nothing", "", true);
    let Some(page) = Page::blank(&format!("http://{}", studio.host())) else {
        return;
    };
    page.visit(&format!("{}/#t={}", page.origin(), studio.token));
    page.until("document.body.innerText.includes('This database has no tables yet')");
    page.eval(&format!("{axe}; null"));
    let check = |what: &str| {
        for scheme in ["light", "dark"] {
            page.prefer(&[
                ("prefers-color-scheme", scheme),
                ("prefers-reduced-motion", "reduce"),
            ]);
            let found = violations(&page);
            assert!(found.is_empty(), "{what}, {scheme}: {}", found.join("\n\n"));
        }
    };
    check("empty");
    studio.stop().unwrap();
    page.go("#/diagram");
    page.until("document.querySelector('[role=alert]')?.checkVisibility()");
    check("lost");
}

/// Check 37: at 320 pixels, and at 1440 × 900 with 200 %, everything can be reached, and the page is never wider than the window.
#[test]
fn each_screen_fits_a_narrow_window() {
    let studio = Studio::new("narrow", SHOP);
    for Screen {
        name,
        place,
        arrive,
    } in SCREENS
    {
        for (width, height) in [(320, 568), (720, 450)] {
            let Some(page) = Page::open_in(&studio, place, (width, height)) else {
                return;
            };
            arrive(&page);
            let size =
                "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]";
            let beyond = "[...document.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('[role=grid], svg')).map(one => one.outerHTML.slice(0, 100))";
            assert_eq!(
                page.eval(size),
                json!([width, height]),
                "{name} at {width}: {:#}",
                page.eval(beyond)
            );
            // What can be pressed lies in the window, or in something that scrolls there.
            let lost = page.eval(
                "[...document.querySelectorAll('button, a[href], input, select, textarea')].filter(one => one.checkVisibility({ visibilityProperty: true })).filter(one => {
                    const { left, right, top, bottom, width } = one.getBoundingClientRect();
                    if (width === 0 || (left >= 0 && right <= innerWidth + 1 && top >= 0 && bottom <= innerHeight + 1)) return false;
                    for (let up = one.parentElement; up; up = up.parentElement) {
                        const { overflowX, overflowY } = getComputedStyle(up);
                        if ([overflowX, overflowY].some(how => how === 'auto' || how === 'scroll')) return false;
                    }
                    return !one.closest('.skip, svg');
                }).map(one => one.outerHTML.slice(0, 200))",
            );
            assert_eq!(lost, json!([]), "{name} at {width}");
        }
    }
}

/// Check 36: the focus goes in, stays, and comes back; what lies behind cannot be reached.
#[test]
fn a_dialog_takes_the_focus_and_gives_it_back() {
    let studio = Studio::new("dialogs", SHOP);
    let place = "#/tables/public/orders";
    let Some(page) = Page::open_at(&studio, place) else {
        return;
    };
    page.click("[role=gridcell][aria-colindex='3']");
    let focused = "document.activeElement.outerHTML.slice(0, 200)";
    // Each is opened by keys where the focus is, and closed by Escape.
    for keys in [["Control+k"], ["?"]] {
        let before = page.eval(focused);
        page.press(&keys);
        page.until("document.querySelector('dialog[open]')?.contains(document.activeElement)");
        let modal = page.eval("document.querySelector('dialog[open]').matches(':modal')");
        assert_eq!(modal, true, "which makes the rest inert");
        for key in ["Tab", "Shift+Tab"] {
            for _ in 0..8 {
                page.press(&[key]);
                // After its last element comes the browser's own frame, which a page does not see.
                let inside = page.eval("document.activeElement === document.body || document.querySelector('dialog[open]').contains(document.activeElement)");
                assert_eq!(inside, true, "{keys:?} {key}: {}", page.eval(focused));
            }
        }
        page.press(&["Escape"]);
        page.until("!document.querySelector('dialog[open]')");
        page.until_is(focused, before);
    }
    // From buttons: dialogs, panels, menus.
    for button in ["Keys", "Filter", "WHERE", "Columns", "Export"] {
        page.click(("button", button));
        page.until("document.querySelector('dialog[open], [role=dialog], [role=menu]')?.contains(document.activeElement)");
        page.press(&["Escape"]);
        page.until("!document.querySelector('dialog[open], [role=dialog], [role=menu]')");
        let back = page.eval(
            "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText",
        );
        assert_eq!(back, button);
    }
    // The drawer is no dialog; the focus goes in and comes back all the same.
    page.click("[role=gridcell][aria-colindex='3']");
    let before = page.eval(focused);
    page.press(&["Space"]);
    page.until("document.querySelector('side-drawer').contains(document.activeElement)");
    page.press(&["Escape"]);
    page.until_is(focused, before);
}

/// Check 37: whatever has the focus shows it, with colours of the page's own and with those that the system forces.
#[test]
fn the_focus_can_be_seen_wherever_it_is() {
    let studio = Studio::new("focus", SHOP);
    for forced in ["none", "active"] {
        for place in [
            "#/tables/public/orders",
            "#/sql",
            "#/diagram",
            "#/migrations",
        ] {
            let Some(page) = Page::open_at(&studio, place) else {
                return;
            };
            page.prefer(&[("forced-colors", forced)]);
            page.until("document.querySelector('.relations-list a.relation')");
            page.until("!document.querySelector('.loading')");
            page.eval("document.activeElement.blur()");
            let mut seen = Vec::new();
            for _ in 0..60 {
                page.press(&["Tab"]);
                // What has the focus is compared with itself without it.
                let look = page.eval(
                    "(() => {
                        const one = document.activeElement;
                        if (one === document.body) return null;
                        const look = () => [one, one.parentElement, ...one.querySelectorAll('*')].slice(0, 12).map(part => {
                            const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, stroke, strokeWidth } = getComputedStyle(part);
                            return [outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, stroke, strokeWidth].join();
                        }).join('|');
                        const name = one.outerHTML.slice(0, 160);
                        const before = look();
                        const caret = one.matches('textarea, input:not([type=checkbox])');
                        one.blur();
                        const after = look();
                        one.focus({ focusVisible: true });
                        return { name, visible: before !== after || caret };
                    })()",
                );
                // After its last element comes the browser's own frame.
                if look.is_null() {
                    continue;
                }
                if seen.last() == Some(&look) {
                    // Where Tab types a tab there is another way out.
                    page.press(&["Escape"]);
                }
                assert_eq!(
                    look["visible"], true,
                    "{place}, forced colours {forced}: {}",
                    look["name"]
                );
                seen.push(look);
            }
            assert!(seen.len() > 8, "{place}: {seen:#?}");
        }
    }
}

/// Check 37: who prefers no motion gets none.
#[test]
fn nothing_moves_for_who_prefers_that() {
    let studio = Studio::new("motion", SHOP);
    for screen in SCREENS {
        let Some(page) = screen.open(&studio) else {
            return;
        };
        let moving = "[...document.querySelectorAll('*')].filter(one => {
            const { transitionDuration, animationDuration, animationName, scrollBehavior } = getComputedStyle(one);
            const seconds = [transitionDuration, animationName === 'none' ? '0s' : animationDuration].join().split(',').map(Number.parseFloat);
            return Math.max(...seconds) > LIMIT || (LIMIT < 0.1 && scrollBehavior === 'smooth');
        }).map(one => one.outerHTML.slice(0, 120))";
        assert_eq!(
            page.eval(&moving.replace("LIMIT", "0.12")),
            json!([]),
            "{}: no animation takes longer",
            screen.name
        );
        page.prefer(&[("prefers-reduced-motion", "reduce")]);
        assert_eq!(
            page.eval(&moving.replace("LIMIT", "0.001")),
            json!([]),
            "{}",
            screen.name
        );
    }
}

/// Check 37: what differs in colour differs in something else, too.
#[test]
fn no_state_is_told_by_its_colour_alone() {
    let studio = Studio::new("signs", SHOP);
    let staged = SCREENS
        .iter()
        .find(|screen| screen.name == "staged")
        .expect("a screen");
    let Some(page) = staged.open(&studio) else {
        return;
    };
    let signs = page.eval("[...document.querySelectorAll('[role=rowheader]')].map(one => one.innerText.trim()).filter(text => /[~+−]/.test(text)).sort()");
    assert_eq!(signs, json!(["+", "~"]));
    let badges = page.eval("[...document.querySelectorAll('[data-tone]')].filter(one => one.checkVisibility() && !one.innerText.trim() && !one.querySelector('svg')).length");
    assert_eq!(badges, Value::from(0));
}
