//! The README's pictures of the studio, made anew from the seeded database: `cargo run -p xtask --example pictures`.
//!
//! It needs a Chromium (or `CHROME`), and a PostgreSQL as the tests do; each picture is made light and dark.

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use headless_chrome::protocol::cdp::{Emulation, Input, Page};
use headless_chrome::{Browser, LaunchOptions, Tab};
use pg_database::Database;
use pg_devserver::TestServer;

const PATIENCE: Duration = Duration::from_secs(20);
const WIDTH: u32 = 1280;
const HEIGHT: u32 = 760;

struct Picture {
    name: &'static str,
    place: &'static str,
    /// What brings it there; an expression that is true in the end.
    steps: &'static [Step],
}

enum Step {
    /// Waits until an expression is true.
    Until(&'static str),
    /// Runs an expression.
    Do(&'static str),
    /// Presses the mouse on what a selector finds, so many times.
    Press(&'static str, u32),
    Type(&'static str),
}

const PICTURES: &[Picture] = &[
    Picture {
        name: "tables",
        place: "#/tables/public/Orders?s=16.desc",
        steps: &[
            Step::Until("document.querySelector('[role=gridcell]')"),
            Step::Press("tbody tr:nth-child(2) [role=gridcell]:nth-of-type(4)", 2),
            Step::Type("12.5"),
            Step::Press("tbody tr:nth-child(4) [role=gridcell]", 1),
            Step::Until(
                "document.querySelector('change-tray').innerText.includes('1 edit') && document.activeElement.matches('[role=gridcell]')",
            ),
            Step::Do(
                "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true }))",
            ),
            Step::Until("document.querySelector('side-drawer:not([hidden]) textarea')"),
            Step::Do(
                "document.querySelector('side-drawer section[aria-label=exitPlan]').scrollIntoView({ block: 'center' })",
            ),
        ],
    },
    Picture {
        name: "sql",
        place: "#/sql",
        steps: &[
            Step::Until("document.querySelector('textarea')"),
            Step::Press("textarea", 1),
            Step::Type(
                "-- What each model made of its money, and what its orders brought
SELECT m.\"name\", m.\"variant\", last.net AS \"netPortfolio\",
       round(last.net / 10000 * 100 - 100, 2) AS \"percent\",
       count(o.*) FILTER (WHERE o.\"status\" = 'OPEN') AS \"open\",
       sum(o.\"realizedPnl\") AS \"realizedPnl\"
FROM \"Models\" m
JOIN LATERAL (
    SELECT \"netPortfolio\" AS net FROM \"PortfolioSize\" p
    WHERE p.\"modelId\" = m.\"id\" ORDER BY \"createdAt\" DESC LIMIT 1
) last ON true
LEFT JOIN \"Orders\" o ON o.\"modelId\" = m.\"id\"
GROUP BY m.\"id\", last.net
ORDER BY last.net DESC;
",
            ),
            Step::Press(".actions .primary", 1),
            Step::Until("document.querySelector('[role=tabpanel] td')"),
        ],
    },
    Picture {
        name: "diagram",
        place: "#/diagram",
        steps: &[Step::Until("document.querySelector('svg .card')")],
    },
    Picture {
        name: "migrations",
        place: "#/migrations",
        steps: &[Step::Until("document.querySelector('.comparison')")],
    },
];

const HIDDEN: &str =
    "localStorage.setItem('db-studio:grid:autonome/public.Orders', '{\"hidden\": [\"1\", \"2\"]}')";

/// What makes the last migration a pending one, and drift.
const PENDING: &str = r#"
    ALTER TABLE "Orders" DROP COLUMN "trailingStopPercent";
    DELETE FROM "drizzle"."__drizzle_migrations" WHERE id = (SELECT max(id) FROM "drizzle"."__drizzle_migrations");
    CREATE INDEX "Orders_openedAt_idx" ON "Orders" ("openedAt");
"#;

fn main() -> Result<(), Box<dyn Error>> {
    // Without the number that keeps the databases of tests apart.
    let made = TestServer::shared().create_database("autonome");
    let url = made.replace("/autonome_0", "/autonome");
    let mut database = Database::connect(&made.parse()?, "pictures")?;
    database.execute("CREATE DATABASE autonome")?;
    let seeded = xtask(&url, &["db", "seed", "--yes"]).status()?;
    if !seeded.success() {
        return Err("the database was not seeded".into());
    }
    database = Database::connect(&url.parse()?, "pictures")?;
    database.execute(include_str!("pictures.sql"))?;

    let studio = Studio::start(&url)?;
    let browser = Browser::new(LaunchOptions {
        // As root it would not start otherwise; what it shows is ours.
        sandbox: false,
        idle_browser_timeout: Duration::from_mins(10),
        args: vec![OsStr::new("--hide-scrollbars"), OsStr::new("--lang=en")],
        ..LaunchOptions::default()
    })?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("studio/pictures");
    fs::create_dir_all(&folder)?;
    for picture in PICTURES {
        if picture.name == "migrations" {
            database.execute(PENDING)?;
        }
        let tab = browser.new_context()?.new_tab()?;
        picture.arrive(&tab, &studio.address)?;
        for scheme in ["light", "dark"] {
            fs::write(
                folder.join(format!("{}-{scheme}.png", picture.name)),
                shown(&tab, scheme)?,
            )?;
        }
    }
    Ok(())
}

/// This repository's own command, on that database.
fn xtask(url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command
        .arg("xtask")
        .args(arguments)
        .env("DATABASE_URL", url)
        .stdin(Stdio::null());
    command
}

struct Studio {
    process: Child,
    address: String,
}

impl Studio {
    fn start(url: &str) -> Result<Self, Box<dyn Error>> {
        let mut process = xtask(url, &["db", "studio", "--no-open", "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("its output is piped")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        let address = address.trim().to_owned();
        Ok(Self { process, address })
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}

impl Picture {
    fn arrive(&self, tab: &Tab, address: &str) -> Result<(), Box<dyn Error>> {
        tab.call_method(Emulation::SetFocusEmulationEnabled { enabled: true })?;
        tab.call_method(Emulation::SetDeviceMetricsOverride {
            width: WIDTH,
            height: HEIGHT,
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
        })?;
        // What is of no interest in a picture is hidden, as with the menu of its head; before the page reads what it remembers.
        let origin = address.split("/#").next().unwrap_or_default();
        tab.navigate_to(&format!("{origin}/icon.svg"))?;
        tab.wait_until_navigated()?;
        tab.evaluate(HIDDEN, false)?;
        let place = self.place.replacen('#', "&", 1);
        tab.navigate_to(&format!("{address}{place}"))?;
        tab.wait_until_navigated()?;
        for step in self.steps {
            match step {
                Step::Until(expression) => until(tab, expression)?,
                Step::Do(expression) => {
                    tab.evaluate(expression, true)?;
                }
                Step::Press(selector, times) => press(tab, selector, *times)?,
                Step::Type(text) => {
                    tab.call_method(Input::InsertText {
                        text: (*text).to_owned(),
                    })?;
                }
            }
        }
        Ok(())
    }
}

fn until(tab: &Tab, expression: &str) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let expression = format!("Boolean({expression})");
    while tab.evaluate(&expression, true)?.value != Some(true.into()) {
        if start.elapsed() > PATIENCE {
            let seen = std::env::temp_dir().join("pictures-failed.png");
            fs::write(&seen, shown(tab, "light")?)?;
            let seen = seen.display();
            return Err(
                format!("did not come to be: {expression}; {seen} is what was seen").into(),
            );
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn press(tab: &Tab, selector: &str, times: u32) -> Result<(), Box<dyn Error>> {
    let point = tab.wait_for_element(selector)?.get_midpoint()?;
    for count in 1..=times {
        for kind in [
            Input::DispatchMouseEventTypeOption::MousePressed,
            Input::DispatchMouseEventTypeOption::MouseReleased,
        ] {
            tab.call_method(Input::DispatchMouseEvent {
                Type: kind,
                x: point.x,
                y: point.y,
                button: Some(Input::MouseButton::Left),
                click_count: Some(count),
                modifiers: None,
                timestamp: None,
                buttons: None,
                force: None,
                tangential_pressure: None,
                tilt_x: None,
                tilt_y: None,
                twist: None,
                delta_x: None,
                delta_y: None,
                pointer_Type: None,
            })?;
        }
    }
    Ok(())
}

/// A PNG of what is shown to who prefers that scheme.
fn shown(tab: &Tab, scheme: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let preference = Emulation::MediaFeature {
        name: "prefers-color-scheme".to_owned(),
        value: scheme.to_owned(),
    };
    tab.call_method(Emulation::SetEmulatedMedia {
        media: None,
        features: Some(vec![preference]),
    })?;
    // The last transition takes a tenth of a second.
    thread::sleep(Duration::from_millis(500));
    Ok(tab.capture_screenshot(Page::CaptureScreenshotFormatOption::Png, None, None, true)?)
}
