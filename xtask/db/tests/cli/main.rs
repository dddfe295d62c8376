//! The commands as a user runs them: the example `shop` as a process of its own, in a workspace of its own, on a real server.
#![expect(clippy::print_stderr, reason = "tests say what they skip")]

mod adoption;
mod bad_input;
mod chains;
mod check;
mod client;
mod concurrency;
mod config;
mod crash;
mod drift;
mod drop;
mod facts;
mod filters;
mod guide;
mod help;
mod interrupt;
mod pull;
mod push;
mod remote;
mod renames;
mod resolve;
mod revert;
mod seed;
mod service;
mod states;
mod studio;
mod terminal;
mod turns;
mod unwritable;
mod workspace;
