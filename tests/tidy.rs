//! What a reviewer would otherwise repeat: the dependency arrows of ARCHITECTURE.md, the size of
//! files, and that nothing unfinished is left. Banned calls and types are in `clippy.toml`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const LINES_MAX: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files under a folder, by extension, in order.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<PathBuf> {
    let folders = [
        "src", "tests", "protocol", "trace", "sim", "codec", "models", "import", "handoff",
        "recall", "report", "benches",
    ];
    folders.iter().flat_map(|folder| files(folder, "rs")).collect()
}

/// The names under `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(manifest)).unwrap();
    let section = text.split("\n[dependencies]\n").nth(1).expect("it has dependencies");
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split(['.', ' ', '=']).next());
    names.filter(|name| !name.is_empty() && !name.starts_with('#')).map(str::to_string).collect()
}

#[test]
fn the_core_can_do_nothing_but_compute() {
    let allowed = BTreeSet::from(["fixedbitset", "serde"].map(str::to_string));
    assert_eq!(dependencies("protocol/Cargo.toml"), allowed, "see protocol/src/lib.rs");
    let manifest = fs::read_to_string(root().join("protocol/Cargo.toml")).unwrap();
    assert!(manifest.contains("\nserde = { workspace = true, optional = true }\n"));
}

#[test]
fn dependencies_point_one_way() {
    let ours = |manifest| {
        let all = dependencies(manifest).into_iter();
        all.filter(|name| name.starts_with("attune-")).collect::<Vec<_>>()
    };
    assert_eq!(ours("trace/Cargo.toml"), ["attune-protocol"]);
    assert_eq!(ours("sim/Cargo.toml"), ["attune-codec", "attune-protocol", "attune-trace"]);
    assert_eq!(ours("models/Cargo.toml"), ["attune-protocol", "attune-trace"]);
    assert_eq!(ours("codec/Cargo.toml"), [""; 0]);
    assert_eq!(ours("import/Cargo.toml"), ["attune-trace"]);
    assert_eq!(ours("handoff/Cargo.toml"), ["attune-import", "attune-trace"]);
    assert_eq!(ours("recall/Cargo.toml"), ["attune-import", "attune-trace"]);
    assert_eq!(ours("report/Cargo.toml"), ["attune-sim", "attune-trace"]);
}

#[test]
fn only_the_report_knows_polars_and_plotters() {
    for folder in
        ["", "protocol/", "trace/", "sim/", "codec/", "models/", "import/", "handoff/", "recall/"]
    {
        let manifest = format!("{folder}Cargo.toml");
        let heavy = |name: &String| name.starts_with("polars") || name == "plotters";
        assert!(!dependencies(&manifest).iter().any(heavy), "{manifest}");
    }
}

#[test]
fn the_replica_and_the_engine_share_no_code() {
    for (folder, foreign) in
        [("sim/src/published", "crate::engine"), ("sim/src/engine", "crate::published")]
    {
        for path in files(folder, "rs") {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains(foreign), "{} names {foreign}", path.display());
        }
    }
    for path in files("sim/src/published", "rs") {
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("attune_protocol"), "{}", path.display());
    }
}

/// Who makes the questions must not know how a handoff is extracted, nor the other way round.
#[test]
fn the_extractor_and_the_questions_share_no_code() {
    for (folder, foreign) in [("handoff", "attune_recall"), ("recall", "attune_handoff")] {
        for path in files(folder, "rs") {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains(foreign), "{} names {foreign}", path.display());
        }
    }
}

#[test]
fn no_file_is_oversized() {
    for path in sources() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines: is it one idea?", path.display());
    }
}

#[test]
fn nothing_unfinished_is_left() {
    // Put together, so that this file does not find itself.
    let marks = ["todo", "unimplemented"].map(|mark| format!("{mark}!("));
    let marks = marks.into_iter().chain(["FIX", "XX"].map(|mark| format!("{mark}{}", "ME:")));
    let marks: Vec<String> = marks.collect();
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        for mark in &marks {
            assert!(!text.contains(mark), "{} contains {mark}", path.display());
        }
    }
}

/// The tables that map the specs to the code, in `specs/README.md`.
#[test]
fn the_specs_map_to_what_is_there() {
    let map = fs::read_to_string(root().join("specs/README.md")).unwrap();
    let code: Vec<String> =
        sources().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let (_, map) = map.split_once("## The protocol in two layers").expect("the maps are there");
    let mut found = 0;
    for row in map.lines().filter(|line| line.starts_with("| `")) {
        let Some(ours) = row.split(" | ").nth(1) else { continue };
        for name in ours.split('`').skip(1).step_by(2) {
            found += 1;
            if name.contains('/') {
                assert!(root().join(name).exists(), "specs/README.md names {name}");
                continue;
            }
            let last = name.rsplit("::").next().unwrap_or(name);
            let is_there = |text: &String| {
                let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
                words.any(|word| word == last)
            };
            let is_name = last.chars().all(|c| c.is_alphanumeric() || c == '_');
            assert!(!is_name || code.iter().any(is_there), "specs/README.md names {name}");
        }
    }
    assert!(found > 50, "the table was found");
}
