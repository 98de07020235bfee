//! The binary: flags → settings → the command, which for `serve` goes on telemetry → bind → `server::run`.

use std::process::ExitCode;

use tidings::server::cli;

fn main() -> ExitCode {
    let (cli, settings) = cli::read(std::env::args_os().collect()).unwrap_or_else(|error| error.exit());
    match cli::run(cli, &settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("tidings: {failure}");
            ExitCode::from(failure.code())
        }
    }
}
