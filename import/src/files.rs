//! Which files there are below what the user named.

use crate::{ImportError, Tool};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Deeper folders than this are not looked into: links that lead in circles end there.
const DEPTH_MAX: usize = 16;

/// The files of this tool below these paths, sorted; a file that is named is there whatever it is
/// called.
pub(crate) fn find(tool: Tool, paths: &[PathBuf]) -> Result<Vec<PathBuf>, ImportError> {
    let mut found = BTreeSet::new();
    for path in paths {
        let kind = fs::metadata(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => ImportError::Missing { path: path.clone() },
            _ => ImportError::Unreadable { path: path.clone(), source },
        })?;
        if !kind.is_dir() {
            found.insert(path.clone());
            continue;
        }
        let before = found.len();
        let mut below = BTreeSet::new();
        look_into(tool, path, 0, &mut below)?;
        found.extend(below);
        if found.len() == before {
            return Err(ImportError::NoFiles { path: path.clone(), tool });
        }
    }
    Ok(found.into_iter().collect())
}

fn look_into(
    tool: Tool,
    folder: &Path,
    depth: usize,
    found: &mut BTreeSet<PathBuf>,
) -> Result<(), ImportError> {
    let unreadable = |source| ImportError::Unreadable { path: folder.to_path_buf(), source };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            if depth < DEPTH_MAX {
                look_into(tool, &path, depth + 1, found)?;
            }
        } else if has_extension(&path, tool.extensions()) {
            found.insert(path);
        }
    }
    Ok(())
}

pub(crate) fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().and_then(|end| end.to_str()).is_some_and(|end| extensions.contains(&end))
}
