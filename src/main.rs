//! Parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    s3setup::cli::main()
}
