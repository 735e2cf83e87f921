//! What the tests of the command share: calling it, its errors, places to write to.

#![allow(dead_code, reason = "every test file uses another part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attune"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("RUST_BACKTRACE");
    command
}

pub fn attune(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// What a command that worked printed.
pub fn out(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The error of a command that ended with this status.
pub fn error(output: Output, status: i32) -> String {
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{error}");
    assert!(error.starts_with("error: "), "{error}");
    assert!(!error.contains("panicked") && !error.contains("RUST_BACKTRACE"), "{error}");
    error
}

/// The error of a command that misuse ended before it printed anything.
pub fn misuse(arguments: &[&str]) -> String {
    let output = attune(arguments);
    assert!(output.stdout.is_empty());
    error(output, 2)
}

/// A file of a test's own.
pub fn place(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    path.to_str().unwrap().to_string()
}

/// An empty folder of a test's own.
pub fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}
