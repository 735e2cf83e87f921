//! What is in a folder with results.

use super::PageError;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The tables and figures of a folder, each by its path within, without its ending.
#[derive(Default)]
pub(super) struct Folder {
    pub tables: BTreeMap<String, PathBuf>,
    pub figures: BTreeMap<String, PathBuf>,
}

/// What is read; of two files with one name the later is taken, since it knows types and units.
const TABLES: [&str; 3] = ["json", "csv", "parquet"];

impl Folder {
    pub(super) fn read(path: &Path) -> Result<Folder, PageError> {
        let mut folder = Folder::default();
        folder.collect(path, "")?;
        Ok(folder)
    }

    fn collect(&mut self, path: &Path, prefix: &str) -> Result<(), PageError> {
        let files = |source| PageError::Files { path: path.to_path_buf(), source };
        for entry in fs::read_dir(path).map_err(files)? {
            let entry = entry.map_err(files)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Parts of a sweep that is not complete are no results.
            if name.starts_with('.') || name.ends_with(".parts") {
                continue;
            }
            if entry.file_type().map_err(files)?.is_dir() {
                // What has a report of its own is another page.
                if entry.path().join("REPORT.md").exists() {
                    continue;
                }
                self.collect(&entry.path(), &format!("{prefix}{name}/"))?;
            } else {
                self.take(entry.path(), prefix);
            }
        }
        Ok(())
    }

    pub(super) fn take(&mut self, path: PathBuf, prefix: &str) {
        let (Some(stem), Some(ending)) = (path.file_stem(), ending(&path)) else { return };
        let name = format!("{prefix}{}", stem.to_string_lossy());
        let rank = |ending: &str| TABLES.iter().position(|each| *each == ending);
        if ending == "svg" {
            self.figures.insert(name, path);
        } else if let Some(new) = rank(&ending) {
            let old = self.tables.get(&name).and_then(|path| rank(&self::ending(path)?));
            if old.is_none_or(|old| old < new) {
                self.tables.insert(name, path);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.figures.is_empty()
    }
}

pub(super) fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}
