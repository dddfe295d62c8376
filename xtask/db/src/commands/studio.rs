//! `db studio`: the database in a browser.

mod code;

use pg_studio::{Options, Server};

use crate::app::App;
use crate::confirmation::check_place;
use crate::error::Error;
use code::Code;

/// Shows the database in the browser
///
/// Serves a page from this program, on this machine only and without anything from elsewhere, until Ctrl-C. The address holds a secret of this run:
/// who does not know it gets no answer. A database that is not on this machine is refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask db studio
  cargo xtask db studio --read-only --no-open")]
pub struct Args {
    /// Where it listens on 127.0.0.1; if that port is taken, on the next free one; 0 is any
    #[arg(long, default_value_t = 4983)]
    port: u16,
    /// Does not open the browser
    #[arg(long)]
    no_open: bool,
    /// Lets nothing be changed
    #[arg(long)]
    read_only: bool,
    /// Does it even if the database is not on this machine
    #[arg(long)]
    allow_remote: bool,
}

pub(crate) fn run(args: &Args, app: &App) -> Result<(), Error> {
    let target = app.config.database_url()?;
    let consequence = if args.read_only {
        "its rows would be shown in the browser"
    } else {
        "its rows could be changed from the browser"
    };
    check_place(&target.url, args.allow_remote, consequence)?;
    // Whatever keeps it from being reached is better said here than in the page.
    drop(app.connect_to(&target)?);
    let options = Options {
        url: target.url.clone(),
        read_only: args.read_only,
        project: Box::new(Code::of(app)),
    };
    let port = args.port;
    let server = Server::bind(port, options).map_err(|error| {
        Error::failed(format!("no port from {port} on is free: {error}"))
            .hint("`--port 0` takes any")
    })?;
    let ui = app.ui;
    if port != 0 && server.port() != port {
        let taken = server.port();
        ui.warning(format_args!("port {port} is taken, so it is {taken}"));
    }
    let mode = if args.read_only { ", read-only" } else { "" };
    ui.begin(format_args!("Studio of {}{mode}:", target.url));
    let address = server.address();
    ui.data(&address);
    if !args.no_open
        && let Err(error) = open::that_detached(&address)
    {
        ui.hint(format_args!(
            "open the address in a browser; by itself it does not: {error}"
        ));
    }
    ui.say("Ctrl-C ends it");
    let _work = app.interrupts.stopping(server.stop());
    server
        .run()
        .map_err(|error| Error::failed(format!("the studio cannot go on: {error}")))?;
    ui.done("Studio ended");
    Ok(())
}
