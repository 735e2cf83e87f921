//! Which files there are below what the user named.

use crate::{ImportError, Tool};
use std::collections::BTreeSet;
use std::fs::{self, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// A file of the tool, or what was found in the place of one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    /// The user named this very file.
    pub(crate) is_named: bool,
    /// Why it is not read.
    pub(crate) trouble: Option<String>,
}

/// What tells one file from another, whatever it is called.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = PathBuf;

/// The files that are there; each of them once, however many names and links lead to it.
#[derive(Default)]
pub(crate) struct Files {
    found: Vec<Found>,
    known: BTreeSet<Identity>,
    folders: BTreeSet<Identity>,
}

impl Files {
    /// The files of this tool below these paths; a file that is named is there whatever it is
    /// called. What is below a named folder and cannot be used is there with its trouble.
    pub(crate) fn find(tool: Tool, paths: &[PathBuf]) -> Result<Files, ImportError> {
        let mut files = Files::default();
        let mut folders = Vec::new();
        for path in paths {
            let kind = fs::metadata(path).map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => ImportError::Missing { path: path.clone() },
                _ => ImportError::Unreadable { path: path.clone(), source },
            })?;
            match kind.is_dir() {
                true => folders.push((path, kind)),
                false => files.name(tool, path, &kind)?,
            }
        }
        for (path, kind) in folders {
            files.look_below(tool, path, &kind)?;
        }
        files.found.sort();
        Ok(files)
    }

    /// In the order of their paths.
    pub(crate) fn found(&self) -> &[Found] {
        &self.found
    }

    /// Whether this is one of the files, by this name or another.
    pub(crate) fn contain(&self, path: &Path) -> bool {
        let known = |kind: Metadata| Ok(self.known.contains(&identity(path, &kind)?));
        fs::metadata(path).and_then(known).unwrap_or(false)
    }

    fn name(&mut self, tool: Tool, path: &Path, kind: &Metadata) -> Result<(), ImportError> {
        let path = path.to_path_buf();
        // All but this one read their files twice.
        if !kind.is_file() && tool != Tool::Jsonl {
            return Err(ImportError::Special { path });
        }
        match identity(&path, kind) {
            Ok(identity) if !self.known.insert(identity) => {}
            Ok(_) => self.found.push(Found { path, is_named: true, trouble: None }),
            Err(source) => return Err(ImportError::Unreadable { path, source }),
        }
        Ok(())
    }

    fn look_below(&mut self, tool: Tool, top: &Path, kind: &Metadata) -> Result<(), ImportError> {
        let unreadable = |source| ImportError::Unreadable { path: top.to_path_buf(), source };
        if !self.folders.insert(identity(top, kind).map_err(unreadable)?) {
            return Ok(());
        }
        let mut walk = Walk { files: self, tool, any: false, links: BTreeSet::new() };
        let mut folders = walk.list(top).map_err(unreadable)?;
        loop {
            // Links come last: what has a place of its own is called after that.
            if let Some(folder) = folders.pop_first() {
                match walk.list(&folder) {
                    Ok(below) => folders.extend(below),
                    Err(error) => walk.trouble(folder, &cannot_be_read(&error)),
                }
            } else if let Some(link) = walk.links.pop_first() {
                folders.extend(walk.follow(link));
            } else {
                break;
            }
        }
        match walk.any {
            true => Ok(()),
            false => Err(ImportError::NoFiles { path: top.to_path_buf(), tool }),
        }
    }
}

/// Below one folder.
struct Walk<'a> {
    files: &'a mut Files,
    tool: Tool,
    any: bool,
    links: BTreeSet<PathBuf>,
}

impl Walk<'_> {
    /// Takes the files in a folder and gives the folders in it.
    fn list(&mut self, folder: &Path) -> io::Result<BTreeSet<PathBuf>> {
        let mut entries = BTreeSet::new();
        for entry in fs::read_dir(folder)? {
            entries.insert(entry?.path());
        }
        let mut folders = BTreeSet::new();
        for path in entries {
            match fs::symlink_metadata(&path) {
                Ok(kind) if kind.is_symlink() => drop(self.links.insert(path)),
                Ok(kind) => folders.extend(self.take(path, &kind)),
                Err(error) => self.trouble(path, &cannot_be_read(&error)),
            }
        }
        Ok(folders)
    }

    fn follow(&mut self, link: PathBuf) -> Option<PathBuf> {
        match fs::metadata(&link) {
            Ok(kind) => self.take(link, &kind),
            Err(error) if has_extension(&link, self.tool.extensions()) => {
                self.trouble(link, &format!("a link that leads nowhere: {error}"));
                None
            }
            Err(_) => None,
        }
    }

    /// Takes a file, or gives the folder back if it is one that was not seen yet.
    fn take(&mut self, path: PathBuf, kind: &Metadata) -> Option<PathBuf> {
        let identity = match identity(&path, kind) {
            Ok(identity) => identity,
            Err(error) => {
                self.trouble(path, &cannot_be_read(&error));
                return None;
            }
        };
        if kind.is_dir() {
            return self.files.folders.insert(identity).then_some(path);
        }
        if !has_extension(&path, self.tool.extensions()) {
            return None;
        }
        if !kind.is_file() {
            self.trouble(path, &format!("{}: only regular files are read", name(kind.file_type())));
        } else if self.files.known.insert(identity) {
            self.any = true;
            self.files.found.push(Found { path, is_named: false, trouble: None });
        } else {
            self.trouble(path, "another name of a file that is read already");
        }
        None
    }

    fn trouble(&mut self, path: PathBuf, why: &str) {
        self.any = true;
        self.files.found.push(Found { path, is_named: false, trouble: Some(why.to_string()) });
    }
}

pub(crate) fn cannot_be_read(error: &io::Error) -> String {
    format!("cannot be read: {error}")
}

#[cfg(unix)]
fn identity(_: &Path, kind: &Metadata) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    Ok((kind.dev(), kind.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> io::Result<Identity> {
    fs::canonicalize(path)
}

#[cfg(unix)]
fn name(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match () {
        () if kind.is_fifo() => "a pipe",
        () if kind.is_socket() => "a socket",
        () => "a device",
    }
}

#[cfg(not(unix))]
fn name(_: FileType) -> &'static str {
    "a device"
}

pub(crate) fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().and_then(|end| end.to_str()).is_some_and(|end| extensions.contains(&end))
}
