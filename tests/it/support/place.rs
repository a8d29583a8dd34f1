//! Where things are in the checkout: the Python environment, the helpers, the servers' output.

use std::path::PathBuf;

/// The Python of the test environment.
///
/// # Panics
/// If the environment was not made; the message says how.
pub fn python() -> PathBuf {
    program("python")
}

/// A program of the test environment, such as `rclone`.
///
/// # Panics
/// If the environment was not made; the message says how.
pub fn program(name: &str) -> PathBuf {
    let program = checkout().join(".venv/bin").join(name);
    assert!(
        program.exists(),
        "{} is missing: run `make test`, or `make .venv` once and then `cargo test`",
        program.display()
    );
    program
}

/// A file of `tests/`.
pub fn tests(name: &str) -> PathBuf {
    checkout().join("tests").join(name)
}

/// Where the helpers' output goes, to look at after a failure.
pub fn log(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("..")
        .join("servers");
    std::fs::create_dir_all(&folder).expect("target/ is writable");
    folder.join(name)
}

/// The folder of `Cargo.toml`.
pub fn checkout() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
