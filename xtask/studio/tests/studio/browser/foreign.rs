//! A page of someone else, open in the same browser, and what it can do to a studio: nothing.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::{fs, thread};

use pg_devserver::TestServer;
use serde_json::{Value, json};

use super::page::Page;
use crate::studio::Studio;

/// Serves one page at every path, until the test ends; returns its port.
fn serve(page: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            let page = page.clone();
            // Chromium opens connections ahead of time, and sends nothing through them.
            thread::spawn(move || answer(&stream, &page));
        }
    });
    port
}

fn answer(mut stream: &TcpStream, page: &str) {
    let mut lines = BufReader::new(stream).lines();
    while lines
        .next()
        .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
    {}
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close";
    let _ = stream
        .write_all(format!("{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len()).as_bytes());
}

/// All that a page can send to another origin, and what it learns of the answers.
fn attack(target: &str, token: &str) -> String {
    let query = json!({ "sql": "CREATE TABLE stolen ()", "all": true, "cap": 10, "tab": "1" });
    format!(
        r#"<!doctype html><title>elsewhere</title><script>
        const target = {target}, token = {token}, body = {body};
        const results = {{}};
        const attempt = async (name, act) => {{
            try {{ results[name] = String(await act()); }} catch (error) {{ results[name] = "refused"; }}
        }};
        const event = (element, ...names) => new Promise((resolve, reject) => {{
            for (const name of names) element.addEventListener(name, () => resolve(name));
            setTimeout(() => resolve("nothing"), 3000);
            document.body.append(element);
        }});
        const made = (tag, attributes) => Object.assign(document.createElement(tag), attributes);
        addEventListener("load", async () => {{
            if (top !== window || opener) return;
            const json = {{ "Content-Type": "application/json" }};
            const bearer = {{ Authorization: `Bearer ${{token}}` }};
            const post = (headers, more) => fetch(`${{target}}/api/query`, {{ method: "POST", headers, body, ...more }}).then(one => one.text());
            await attempt("fetch of the page", () => fetch(target).then(one => one.text()));
            await attempt("fetch of a script", () => fetch(`${{target}}/js/api.js`).then(one => one.text()));
            await attempt("json", () => post(json, {{}}));
            await attempt("json with the secret", () => post({{ ...json, ...bearer }}, {{}}));
            await attempt("with credentials", () => post({{ ...json, ...bearer }}, {{ credentials: "include" }}));
            await attempt("text", () => post({{ "Content-Type": "text/plain" }}, {{}}));
            await attempt("opaque", () => post({{ "Content-Type": "text/plain" }}, {{ mode: "no-cors" }}));
            await attempt("beacon", () => (navigator.sendBeacon(`${{target}}/api/query`, body), ""));
            await attempt("get", () => fetch(`${{target}}/api/query?sql=CREATE+TABLE+stolen()`, {{ mode: "no-cors" }}).then(one => one.text()));
            await attempt("image", () => event(made("img", {{ src: `${{target}}/icon.svg` }}), "load", "error"));
            await attempt("script", () => event(made("script", {{ src: `${{target}}/js/api.js` }}), "load", "error"));
            await attempt("module", () => import(`${{target}}/js/api.js`));
            await attempt("style", () => event(made("link", {{ rel: "stylesheet", href: `${{target}}/css/grid.css` }}), "load", "error"));
            const frame = made("iframe", {{ name: "inside", src: `${{target}}/` }});
            await event(frame, "load");
            await attempt("frame", () => frame.contentDocument.body.innerText);
            await attempt("frame, its window", () => frame.contentWindow.location.href);
            for (const [name, type] of [["form", "application/x-www-form-urlencoded"], ["form as text", "text/plain"]]) {{
                const form = made("form", {{ method: "POST", action: `${{target}}/api/query`, enctype: type, target: "inside" }});
                form.append(made("input", {{ name: body.slice(0, -1) + ', "x": "', value: '"}}' }}));
                document.body.append(form);
                const sent = event(frame, "load");
                form.submit();
                await sent;
                await attempt(name, () => frame.contentDocument.body.innerText);
            }}
            const opened = open(`${{target}}/#t=${{token}}`);
            await new Promise(resolve => setTimeout(resolve, 1500));
            await attempt("window, its text", () => opened.document.body.innerText);
            await attempt("window, its storage", () => opened.sessionStorage.getItem("db-studio-token"));
            await attempt("window, closed for us", () => opened.closed);
            await attempt("socket", () => new Promise(resolve => {{
                const socket = new WebSocket(target.replace("http", "ws"));
                socket.onopen = () => resolve("open");
                socket.onerror = () => resolve("error");
            }}));
            window.results = results;
        }});
        </script><body>"#,
        target = json!(target),
        token = json!(token),
        body = json!(query.to_string()),
    )
}

/// What each attempt may learn at most.
fn expected() -> Value {
    json!({
        "fetch of the page": "refused",
        "fetch of a script": "refused",
        "json": "refused",
        "json with the secret": "refused",
        "with credentials": "refused",
        "text": "refused",
        "opaque": "refused",
        "beacon": "",
        "get": "refused",
        "image": "error",
        "script": "error",
        "module": "refused",
        "style": "error",
        "frame": "refused",
        "frame, its window": "refused",
        "form": "refused",
        "form as text": "refused",
        "window, its text": "refused",
        "window, its storage": "refused",
        "window, closed for us": "true",
        "socket": "error",
    })
}

/// Check 41, for another port of this machine and for a name that points here; with the secret, which they cannot know.
#[test]
fn a_page_of_another_origin_reaches_nothing() {
    let server = TestServer::start(&[("log_statement", "all")]).unwrap();
    let studio = Studio::on(&server, "foreign", "", false);
    let target = format!("http://{}", studio.host());
    let port = serve(attack(&target, &studio.token));
    let before = fs::read_to_string(server.log()).unwrap().len();
    // That the attempts are such: of its own origin the page learns all it asks for.
    let Some(page) = Page::blank("http:") else {
        return;
    };
    page.visit(&format!("http://127.0.0.1:{}/", serve(attack("", "none"))));
    let learned = page.until("window.results");
    let is_refused = |result: &&Value| **result == json!("refused");
    let refused = learned.as_object().unwrap().values().filter(is_refused);
    assert_eq!(refused.count(), 1, "the module, as it is HTML: {learned:#}");
    page.wrong();
    for host in ["127.0.0.1", "localhost", "elsewhere.test"] {
        let page = Page::blank("http:").expect("as above");
        page.visit(&format!("http://{host}:{port}/"));
        page.until("window.results");
        assert_eq!(page.eval("results"), expected(), "from {host}");
        // The frames and scripts that were refused are errors of that page, not of ours.
        page.wrong();
    }
    let log = fs::read_to_string(server.log()).unwrap();
    assert!(!log[before..].contains("stolen"), "{}", &log[before..]);
    assert!(!log[before..].contains("statement:"), "{}", &log[before..]);
    assert!(!log[before..].contains("execute"), "{}", &log[before..]);
}

/// Check 38, as a browser does it: the name is the attacker's, and the address is ours.
#[test]
fn a_name_that_is_rebound_to_this_machine_is_refused() {
    let studio = Studio::new("rebound", "");
    let Some(page) = Page::blank("http://") else {
        return;
    };
    for host in ["rebound.test", "127.0.0.1.nip.test"] {
        let port = studio.port;
        page.visit(&format!("http://{host}:{port}/#t={}", studio.token));
        assert_eq!(page.eval("document.scripts.length"), 0, "{}", page.text());
        assert!(
            page.text().contains("127.0.0.1 or localhost"),
            "{}",
            page.text()
        );
        // There the page has one origin with what it asks, so that no rule of the browser holds it back.
        let asked = page.eval(&format!(
            "Promise.all(['/js/api.js', '/api/session'].map(path => fetch(path, {{
                method: path.startsWith('/api') ? 'POST' : 'GET',
                headers: {{ 'Content-Type': 'application/json', Authorization: 'Bearer {}' }},
            }}).then(one => one.status)))",
            studio.token
        ));
        assert_eq!(asked, json!([421, 421]), "{host}");
        // Chromium says that it ignores a header of an origin it does not trust.
        let wrong = page.wrong();
        assert!(
            wrong.iter().all(|one| one.contains("untrustworthy")),
            "{wrong:?}"
        );
    }
}

/// Check 40, what a browser keeps: the secret is in no address, and no page with another's secret is answered.
#[test]
fn the_secret_is_in_no_address_and_that_of_another_run_is_refused() {
    let studio = Studio::new("secret", "CREATE TABLE orders (id int)");
    let Some(page) = Page::open(&studio) else {
        return;
    };
    page.click(("link", "table orders"));
    page.until("document.querySelector('[role=columnheader]')");
    assert!(
        !page
            .eval("location.href")
            .to_string()
            .contains(&studio.token)
    );
    assert_eq!(page.eval("document.cookie"), "");
    let requests = page.requests();
    // The browser tells the fragment of what was typed, which it does not send.
    let sent: Vec<_> = requests
        .iter()
        .map(|one| one.split('#').next().unwrap_or_default())
        .collect();
    assert!(
        !sent.iter().any(|address| address.contains(&studio.token)),
        "{sent:?}"
    );
    // It outlives a reload, and no more than this tab.
    page.reload();
    page.until("document.querySelector('.relations-list a.relation')");
    assert_eq!(
        page.eval("localStorage.getItem('db-studio-token')"),
        Value::Null
    );
    drop(page);

    let other = Studio::new("secret", "");
    let page = Page::blank(&format!("http://{}", studio.host())).expect("as above");
    page.visit(&format!("http://{}/#t={}", studio.host(), other.token));
    page.until("document.querySelector('[role=alert]')?.innerText.includes('no valid key')");
    assert!(!page.has(".relations-list a.relation"));
    assert!(
        page.refused().iter().all(|one| one.contains("401")),
        "{:?}",
        page.refused()
    );
}
