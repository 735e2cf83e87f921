//! The same document is the same bytes, whatever the environment.

mod common;

use attune_report::{Document, write};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// Large enough for several row groups and for everything in the gallery.
fn document() -> Document {
    let mut document = common::document();
    let mut runs = common::runs(140_000);
    runs.name = "many-runs".to_string();
    document.first_rows(runs, 5);
    let plots = common::gallery().into_iter().filter(|plot| plot.name != "savings");
    plots.for_each(|plot| document.plot(plot));
    document
}

/// Not a test: what the test below runs in processes of their own.
#[test]
#[ignore = "run by another test"]
fn write_where_told() {
    let directory = env::var("REPORT_DIRECTORY").expect("the other test sets it");
    write(&document(), Path::new(&directory), &common::manifest()).unwrap();
}

#[test]
fn threads_and_settings_change_no_byte() {
    let settings: [&[(&str, &str)]; 4] = [
        &[],
        &[("POLARS_MAX_THREADS", "1"), ("RAYON_NUM_THREADS", "1")],
        &[("POLARS_MAX_THREADS", "2"), ("RAYON_NUM_THREADS", "2")],
        &[("POLARS_PARQUET_BINARY_STATISTICS_TRUNCATE_LEN", "3"), ("LC_ALL", "de_DE.UTF-8")],
    ];
    let mut first = None;
    for (index, settings) in settings.into_iter().enumerate() {
        let directory = common::directory(&format!("settings-{index}"));
        let status = Command::new(env::current_exe().unwrap())
            .args(["--exact", "write_where_told", "--ignored", "--quiet"])
            .env("REPORT_DIRECTORY", &directory)
            .envs(settings.iter().copied())
            .status()
            .unwrap();
        assert!(status.success());
        let written = common::contents(&directory);
        assert!(written.len() > 10);
        let first = first.get_or_insert_with(|| written.clone());
        for (one, other) in first.iter().zip(&written) {
            assert!(one == other, "{} differs under {settings:?}", other.0);
        }
        assert_eq!(first.len(), written.len());
        fs::remove_dir_all(directory).unwrap();
    }
}

#[test]
fn writing_again_changes_nothing() {
    let directory = common::directory("again");
    let written = write(&common::document(), &directory, &common::manifest()).unwrap();
    let before = common::contents(&directory);
    assert_eq!(write(&common::document(), &directory, &common::manifest()).unwrap(), written);
    assert_eq!(common::contents(&directory), before);
}
