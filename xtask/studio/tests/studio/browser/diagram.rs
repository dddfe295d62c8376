//! The diagram.

use headless_chrome::protocol::cdp::Network;
use serde_json::json;

use super::page::Page;
use crate::studio::Studio;

/// Itself, a circle of two, a table that stands alone, two keys to one table, and names that are markup.
const TABLES: &str = r#"
CREATE TABLE people (id int PRIMARY KEY, boss int REFERENCES people, name text);
CREATE TABLE hens (id int PRIMARY KEY, egg int, colour text);
CREATE TABLE eggs (id int PRIMARY KEY, hen int NOT NULL UNIQUE CONSTRAINT "eggs <laid> by & ""hen""" REFERENCES hens);
ALTER TABLE hens ADD CONSTRAINT hens_egg FOREIGN KEY (egg) REFERENCES eggs;
CREATE TABLE alone ("only" text);
CREATE SCHEMA other;
CREATE TABLE other."<b>& ""é"" 表" (a int, b int, "x<y & ]]>" text, seller int REFERENCES people, buyer int REFERENCES people, PRIMARY KEY (a, b));
"#;

const NAMES: &str = "[...document.querySelectorAll('svg.diagram a.card')].map(one => one.querySelector(':scope > title').textContent)";

/// Cards that cannot be seen whole, or that have no size.
const HIDDEN: &str = "(view => [...document.querySelectorAll('svg.diagram a.card')].filter(card => {
    const box = card.querySelector('.card-box').getBoundingClientRect();
    return box.width < 4 || box.height < 4 || box.left < view.left || box.top < view.top || box.right > view.right || box.bottom > view.bottom;
}).length)(document.querySelector('svg.diagram').getBoundingClientRect())";

/// Whether the switch is pressed, and how many columns are drawn.
const KEYS_ONLY: &str = "[...document.querySelectorAll('button[aria-pressed]')].find(one => one.title === 'Keys only').getAttribute('aria-pressed') + ' ' + document.querySelectorAll('svg.diagram .card-row').length";

fn keys_only(page: &Page) -> String {
    page.eval(KEYS_ONLY).as_str().unwrap_or_default().to_owned()
}

/// Check 26: all tables, a foreign key to itself, a circle.
#[test]
fn every_table_and_every_foreign_key_is_drawn() {
    let studio = Studio::new("diagram", TABLES);
    let Some(page) = Page::open_at(&studio, "#/diagram") else {
        return;
    };
    page.until_is(
        &format!("{NAMES}.sort()"),
        json!([
            "other.<b>& \"é\" 表",
            "public.alone",
            "public.eggs",
            "public.hens",
            "public.people"
        ]),
    );
    page.until_is(HIDDEN, 0);
    let edges = "[...document.querySelectorAll('svg.diagram .edge')].filter(one => one.getTotalLength() > 10).map(one => one.querySelector('title').textContent).sort()";
    let expected = studio.query(
        "SELECT json_agg(conname ORDER BY conname COLLATE \"C\") FROM pg_constraint WHERE contype = 'f' AND conparentid = 0",
    );
    page.until_is(
        edges,
        serde_json::from_str::<serde_json::Value>(&expected).unwrap(),
    );
    // Each line touches the cards of both of its tables, the one to itself its own.
    page.until_is(
        "[...document.querySelectorAll('svg.diagram .edge')].filter(edge => {
            const [first, last] = [0, edge.getTotalLength()].map(at => edge.getPointAtLength(at));
            const touches = (id, { x, y }) => {
                const card = document.querySelector(`.card[data-id='${id}']`);
                const [left, top] = card.getAttribute('transform').match(/[\\d.-]+/g).map(Number);
                const { width, height } = card.querySelector('.card-box').getBBox();
                return x >= left - 2 && x <= left + width + 2 && y >= top - 2 && y <= top + height + 2;
            };
            return !touches(edge.dataset.from, first) || !touches(edge.dataset.to, last);
        }).length",
        0,
    );
    // The columns, as far as there is room.
    page.until("['boss int4', 'egg int4', 'x<y & ]]> text'].every(name => [...document.querySelectorAll('.card-row > title')].some(one => one.textContent.replace('integer', 'int4') === name))");
    // A press opens the table, by mouse and by keyboard.
    page.click(("link", "public.hens"));
    page.until_is("location.hash", "#/tables/public/hens");
    page.until("document.querySelector('[role=columnheader]')");
    page.eval("history.back()");
    page.until(HIDDEN.replace(".length)(", ".length === 0)(").as_str());
    page.of(("link", "other.<b>& \"é\" 表"), "one => one.focus()");
    page.press(&["Enter"]);
    page.until_is(
        "decodeURIComponent(location.hash)",
        "#/tables/other/<b>& \"é\" 表",
    );
}

/// Check 26: a hundred tables.
#[test]
fn a_hundred_tables_are_drawn() {
    let studio = Studio::new(
        "diagram_hundred",
        "DO $$ BEGIN FOR i IN 1..100 LOOP
            EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, a int REFERENCES t%s, b int REFERENCES t%s, c text, d text)', i, i, greatest(1, i / 3));
        END LOOP; END $$",
    );
    let Some(page) = Page::open_at(&studio, "#/diagram") else {
        return;
    };
    page.until_is(&format!("new Set({NAMES}).size"), 100);
    page.until_is("document.querySelectorAll('svg.diagram .edge').length", 200);
    page.until_is(HIDDEN, 0);
    page.until("document.querySelectorAll('.minimap:not([hidden]) rect').length === 101");
    page.until_is("(map => [...map.querySelectorAll('rect:not(.minimap-frame)')].filter(one => one.getBoundingClientRect().bottom > map.getBoundingClientRect().bottom).length)(document.querySelector('.minimap'))", 0);
    // The one that is looked for comes before the eyes, and Enter opens it.
    page.fill(("searchbox", "Find a table or column"), "T77");
    page.until_is(
        "[...document.querySelectorAll('.card[data-found] > title')].map(one => one.textContent)",
        json!(["t77"]),
    );
    page.until("(box => document.elementFromPoint(box.x + box.width / 2, box.y + 10)?.closest('.card') === document.querySelector('.card[data-found]'))(document.querySelector('.card[data-found] .card-head').getBoundingClientRect())");
    page.press(&["Enter"]);
    page.until_is("location.hash", "#/tables/public/t77");
}

/// Check 26: the file.
#[test]
fn the_saved_drawing_is_valid_and_whole() {
    let studio = Studio::new("diagram_file", TABLES);
    let Some(page) = Page::open_at(&studio, "#/diagram") else {
        return;
    };
    page.until_is(HIDDEN, 0);
    let save = || page.download(|| page.click(("button", "SVG")));
    let (name, whole) = save();
    assert_eq!(name, studio.query("SELECT current_database() || '.svg'"));
    let literal = json!(whole).to_string();
    page.eval(&format!(
        "window.saved = new DOMParser().parseFromString({literal}, 'image/svg+xml')"
    ));
    page.until_is(
        "saved.querySelector('parsererror')?.textContent ?? 'valid'",
        "valid",
    );
    page.until_is(
        "[saved.documentElement.localName, saved.documentElement.namespaceURI]",
        json!(["svg", "http://www.w3.org/2000/svg"]),
    );
    page.until_is(
        "[...saved.querySelectorAll('g > a > title')].map(one => one.textContent).sort()",
        json!([
            "other.<b>& \"é\" 表",
            "public.alone",
            "public.eggs",
            "public.hens",
            "public.people"
        ]),
    );
    page.until_is("[...saved.querySelectorAll('path > title')].length", 5);
    // Nothing of it but drawing: no script, no link into the page, no number that is none.
    page.until_is(
        "saved.querySelectorAll('script, [href], [onclick]').length",
        0,
    );
    assert!(
        !whole.contains("NaN") && !whole.contains("undefined"),
        "{whole}"
    );
    // A browser draws it, and all cards lie in what it shows.
    page.until_is(
        &format!("new Promise(done => {{ const image = new Image(); image.onload = () => done(image.naturalWidth > 200 && image.naturalHeight > 200); image.onerror = () => done('broken'); image.src = 'data:image/svg+xml,' + encodeURIComponent({literal}); }})"),
        true,
    );
    page.until_is(
        "(([left, top, width, height]) => [...saved.querySelectorAll('g > a')].filter(card => {
            const [x, y] = card.getAttribute('transform').match(/[\\d.-]+/g).map(Number);
            const box = card.querySelector('rect');
            return x < left || y < top || x + Number(box.getAttribute('width')) > left + width || y + Number(box.getAttribute('height')) > top + height;
        }).length)(saved.documentElement.getAttribute('viewBox').split(' ').map(Number))",
        0,
    );
    // However one looks at it just now: searched for, moved, in the list's stead.
    page.fill(("searchbox", "Find a table or column"), "eggs");
    page.until("document.querySelectorAll('.card[data-dim]').length > 0");
    page.of("svg.diagram", "one => one.focus()");
    page.press(&["+", "ArrowLeft"]);
    page.hover(("link", "public.eggs"));
    assert_eq!(save().1, whole);
    page.click(("button", "As a list"));
    page.until("document.querySelector('.diagram-list').innerText.includes('referred to by')");
    assert_eq!(save().1, whole);
}

/// Check 26: two quick presses.
#[test]
fn the_last_press_of_keys_only_counts() {
    let studio = Studio::new("diagram_keys", TABLES);
    let Some(page) = Page::open_at(&studio, "#/diagram") else {
        return;
    };
    let columns = "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE a.attnum > 0 AND c.relkind = 'r' AND n.nspname IN ('public', 'other')";
    let all = format!("false {}", studio.query(columns));
    let keys = format!(
        "true {}",
        studio.query(&format!("{columns} AND EXISTS (SELECT FROM pg_constraint WHERE conrelid = c.oid AND attnum = ANY (conkey) AND contype IN ('p', 'f'))"))
    );
    page.until_is(KEYS_ONLY, all.as_str());
    page.double_click(("button", "Keys only"));
    page.until_is(KEYS_ONLY, all.as_str());
    page.double_click(("button", "Keys only"));
    page.click(("button", "Keys only"));
    page.until_is(KEYS_ONLY, keys.as_str());
    // Whatever comes first: the first answer waits for a lock, the second does not.
    page.eval("(real => window.fetch = async (...ask) => { const answer = await real(...ask); window.fetch = real; await new Promise(done => window.release = done); return answer; })(window.fetch)");
    page.click(("button", "Keys only"));
    page.until("window.release");
    page.click(("button", "Keys only"));
    page.click(("button", "Keys only"));
    page.until_is(KEYS_ONLY, all.as_str());
    page.eval("release()");
    page.until(
        "document.querySelector('[role=status]').textContent.includes('Diagram of 5 tables')",
    );
    assert_eq!(keys_only(&page), all);
}

/// What is pressed is what is drawn, when the new drawing does not come, too.
#[test]
fn keys_only_is_not_pressed_when_the_drawing_stays() {
    let studio = Studio::new(
        "diagram_fails",
        "CREATE TABLE t (id int PRIMARY KEY, a int)",
    );
    let Some(page) = Page::open_at(&studio, "#/diagram") else {
        return;
    };
    page.until_is(KEYS_ONLY, "false 2");
    let block = |urls: &[&str]| {
        page.cdp(Network::SetBlockedURLs {
            urls: urls.iter().map(|&url| url.to_owned()).collect(),
        });
    };
    block(&["*/api/diagram"]);
    page.click(("button", "Keys only"));
    page.until("document.querySelector('diagram-place [role=alert]')?.innerText.includes('cannot be reached')");
    page.until_is(KEYS_ONLY, "false 2");
    block(&[]);
    page.click(("button", "Keys only"));
    page.until_is(KEYS_ONLY, "true 1");
    page.until("!document.querySelector('diagram-place [role=alert]')");
    // It is remembered as it is seen.
    page.reload();
    page.until("document.querySelector('svg.diagram .card')");
    page.until_is(KEYS_ONLY, "true 1");
}

#[test]
fn where_there_is_no_table_it_says_so() {
    let studio = Studio::new("nothing_drawn", "");
    let Some(page) = Page::open_at(&studio, "#/diagram") else {
        return;
    };
    page.until("document.querySelector('diagram-place').innerText.includes('no tables yet')");
    studio
        .database()
        .execute("CREATE TABLE first (id int)")
        .unwrap();
    page.reload();
    page.until("document.querySelectorAll('svg.diagram a.card').length === 1");
    assert!(!page.text().contains("no tables yet"));
}
