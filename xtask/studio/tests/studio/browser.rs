//! The page in a real Chromium, without a window: what its user sees, presses and hears.
//!
//! A test opens a [`Page`](page::Page) on a studio of its own. Where no browser is found the test says so and passes, unless
//! `REQUIRE_BROWSER=1` is set, as it is in CI. Whatever a test is about, at its end its page has thrown nothing, has written no error to
//! its console, has broken no Content-Security-Policy, and has asked no other origin for anything.

mod chromium;
mod keyboard;
mod page;
mod screens;
mod staging;
mod table;

mod accessibility;
mod announcements;
mod cell;
mod clipboard;
mod completion;
mod conflicts;
mod counting;
mod diagram;
mod edit;
mod editors;
mod everywhere;
mod explain;
mod export;
mod filters;
mod focus;
mod foreign;
mod foreign_keys;
mod hostile;
mod keys;
mod loading;
mod lost;
mod migrations;
mod moving;
mod paging;
mod read_only;
mod roles;
mod sorting;
mod sql;
mod types;
mod values;
mod waiting;
