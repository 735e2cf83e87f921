//! A run that fails leaves what was there before; stale files go, others stay.

mod common;

use attune_report::{Document, write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::{env, fs};

/// An earlier result, with a file of somebody else's among it.
fn earlier(name: &str) -> PathBuf {
    let directory = common::directory(name);
    let mut document = common::document();
    document.first_rows(attune_sim::results::Table { name: "old".into(), ..common::runs(3) }, 1);
    write(&document, &directory, &common::manifest()).unwrap();
    fs::write(directory.join("tables/notes.txt"), "mine").unwrap();
    directory
}

#[test]
fn stale_files_go_and_others_stay() {
    let directory = earlier("stale");
    let written = write(&common::document(), &directory, &common::manifest()).unwrap();
    assert_eq!(written.removed, ["tables/old.csv", "tables/old.parquet"]);
    assert!(!directory.join("tables/old.csv").exists());
    assert!(directory.join("tables/notes.txt").exists());
}

#[test]
fn a_manifest_removes_nothing_outside_its_directory() {
    let directory = earlier("outside");
    let victim = common::directory("outside-victim").join("kept.txt");
    fs::write(&victim, "kept").unwrap();
    let entry = |name: &str| serde_json::json!({ "name": name, "bytes": 4, "sha256": "" });
    let absolute = victim.display().to_string();
    let files = [entry("../outside-victim/kept.txt"), entry(&absolute)];
    let manifest = serde_json::json!({ "files": files }).to_string();
    fs::write(directory.join("manifest.json"), manifest).unwrap();
    write(&common::document(), &directory, &common::manifest()).unwrap();
    assert!(victim.exists());
}

#[test]
fn a_foreign_manifest_is_not_overwritten() {
    let directory = common::directory("foreign");
    fs::write(directory.join("manifest.json"), "{\"name\": \"an app\"}").unwrap();
    fails(&common::document(), &directory, "not a manifest this program wrote");
}

#[test]
fn a_file_in_the_place_of_the_directory() {
    let path = common::directory("file").join("results");
    fs::write(&path, "mine").unwrap();
    let error = write(&common::document(), &path, &common::manifest()).unwrap_err().to_string();
    assert!(error.contains("A file stands where a directory belongs"), "{error}");
    assert!(error.contains(&path.display().to_string()), "{error}");
    assert_eq!(fs::read_to_string(path).unwrap(), "mine");
}

/// Everything before it has been moved by then, and is moved back.
#[test]
fn a_directory_in_the_place_of_the_last_file() {
    let directory = earlier("directory");
    fs::remove_file(directory.join("tables/scenarios.parquet")).unwrap();
    fs::create_dir(directory.join("tables/scenarios.parquet")).unwrap();
    let mut document = common::document();
    document.paragraph("Something new.");
    document.plot(common::scaling());
    fails(&document, &directory, "tables/scenarios.parquet");
}

#[test]
fn a_directory_that_did_not_exist_is_not_left_behind() {
    let directory = common::directory("new").join("results");
    let mut table = common::runs(3);
    table.rows[0].pop();
    let mut document = Document::new("Results");
    document.table(table);
    write(&document, &directory, &common::manifest()).unwrap_err();
    assert!(!directory.exists());
}

#[cfg(unix)]
#[test]
fn a_directory_that_may_not_be_written_to() {
    use std::os::unix::fs::PermissionsExt;
    let directory = earlier("read-only");
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o555)).unwrap();
    // Root may write anywhere.
    if fs::write(directory.join("probe"), "").is_err() {
        fails(&common::document(), &directory, "Choose a directory you may write to");
    }
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Not a test: what the tests below run where files may not grow beyond a limit.
#[test]
#[ignore = "run by other tests"]
fn write_where_told() {
    let directory = env::var("REPORT_DIRECTORY").expect("the other test sets it");
    let mut document = common::document();
    document.paragraph("Something new.");
    let error = write(&document, Path::new(&directory), &common::manifest()).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("Free some space") && text.contains(&directory), "{text}");
}

/// With the signal that goes with the limit ignored, writing fails as on a full disk; without,
/// the process is killed in the middle of it.
#[cfg(unix)]
fn write_with_little_room(directory: &Path, signal: &str) -> ExitStatus {
    let test = env::current_exe().unwrap();
    Command::new("sh")
        .args(["-c", &format!("{signal} ulimit -f 1; exec \"$0\" \"$@\"")])
        .arg(test)
        .args(["--exact", "write_where_told", "--ignored", "--quiet"])
        .env("REPORT_DIRECTORY", directory)
        // The limit holds for these too, where they are files.
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap()
}

#[cfg(unix)]
#[test]
fn a_full_disk() {
    let directory = earlier("full");
    let before = common::contents(&directory);
    assert!(write_with_little_room(&directory, "trap '' XFSZ;").success());
    assert_eq!(common::contents(&directory), before);
}

#[cfg(unix)]
#[test]
fn a_killed_run_leaves_the_earlier_result_and_the_next_one_clears_up() {
    let directory = earlier("killed");
    let before = common::contents(&directory);
    assert!(!write_with_little_room(&directory, "").success());
    let after = common::contents(&directory);
    let (partial, rest): (Vec<_>, Vec<_>) =
        after.into_iter().partition(|(name, _)| name.starts_with(".partial"));
    assert!(!partial.is_empty());
    assert_eq!(rest, before);
    write(&common::document(), &directory, &common::manifest()).unwrap();
    assert!(!directory.join(".partial").exists());
}

/// The error names what it should, and every byte is as before.
fn fails(document: &Document, directory: &Path, named: &str) {
    let before = common::contents(directory);
    let error = write(document, directory, &common::manifest()).unwrap_err().to_string();
    assert!(error.contains(named), "{error}");
    assert_eq!(common::contents(directory), before);
}
