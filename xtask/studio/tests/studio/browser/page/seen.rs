//! What the browser tells by itself.

use std::sync::{Arc, Mutex};
use std::thread;

use headless_chrome::Tab;
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Log, Network, Runtime};

/// What came from the browser by itself.
#[derive(Default)]
pub(super) struct Seen {
    /// What must never be: exceptions, errors on the console, violations of the policy.
    pub(super) wrong: Vec<String>,
    /// Answers that are errors, which a test may well ask for.
    pub(super) refused: Vec<String>,
    /// The address of each request.
    pub(super) requests: Vec<String>,
    /// The messages of dialogs, each of which was accepted.
    pub(super) dialogs: Vec<String>,
}

/// Listens to what the browser tells by itself.
pub(super) fn watch(tab: &Arc<Tab>) -> Arc<Mutex<Seen>> {
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
