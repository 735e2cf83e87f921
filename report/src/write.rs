//! Moves a finished rendering into place: all of it, or nothing.

use crate::document::Document;
use crate::error::WriteError;
use crate::manifest::{self, FileEntry, Manifest};
use crate::render::{self, File};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Within the directory written to, so that it is on the same file system and needs no permission
/// elsewhere (the directory may be a mount point).
const STAGING: &str = ".partial";

/// What [`write()`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Every file, the manifest included; sorted by name.
    pub files: Vec<FileEntry>,
    /// Files of an earlier run that this one no longer writes.
    pub removed: Vec<String>,
}

/// Writes a document to a directory, which is created if need be.
///
/// Files are written beside their places first and then moved, the manifest last. A failure
/// leaves everything as it was. A process killed while moving leaves a manifest whose checksums
/// do not fit all files; the next run puts that right. Files that an earlier manifest lists and
/// that are no longer written are removed; other files are left alone.
pub fn write(
    document: &Document,
    directory: &Path,
    manifest: &Manifest,
) -> Result<Written, WriteError> {
    let files = render::files(document, manifest)?;
    let existed = directory.exists();
    fs::create_dir_all(directory).map_err(WriteError::files("create", directory))?;

    let mut staging = Staging::begin(directory)?;
    let result = stage_and_move(&mut staging, directory, &files);
    if result.is_err() {
        staging.roll_back();
    }
    drop(staging);
    if result.is_err() && !existed {
        let _ = fs::remove_dir(directory);
    }
    let removed = result?;

    let mut entries: Vec<FileEntry> = files.iter().map(File::entry).collect();
    entries.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(Written { files: entries, removed })
}

fn stage_and_move(
    staging: &mut Staging,
    directory: &Path,
    files: &[File],
) -> Result<Vec<String>, WriteError> {
    let earlier = manifest::listed(directory)?;
    for file in files {
        staging.stage(file)?;
    }
    let names: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let stale = earlier.into_iter().filter(|name| !names.contains(name.as_str()));
    let mut removed = Vec::new();
    for name in stale.collect::<BTreeSet<_>>() {
        if staging.remove(&name)? {
            removed.push(name);
        }
    }
    for file in files {
        staging.put(&file.name)?;
    }
    Ok(removed)
}

/// Where files wait until all of them are written, and where the ones they replace are kept until
/// all of them are moved.
struct Staging {
    directory: PathBuf,
    root: PathBuf,
    /// What has been done to the directory, in order.
    done: Vec<Change>,
}

enum Change {
    Created(PathBuf),
    Replaced { place: PathBuf, backup: PathBuf },
    Directory(PathBuf),
}

impl Staging {
    fn begin(directory: &Path) -> Result<Staging, WriteError> {
        let root = directory.join(STAGING);
        // An earlier run may have been killed.
        match fs::remove_dir_all(&root) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(WriteError::files("remove", &root)(error));
            }
            _ => {}
        }
        fs::create_dir(&root).map_err(WriteError::files("write to", directory))?;
        Ok(Staging { directory: directory.to_path_buf(), root, done: Vec::new() })
    }

    fn stage(&mut self, file: &File) -> Result<(), WriteError> {
        let path = self.staged(&file.name);
        let place = self.directory.join(&file.name);
        let write = || {
            fs::create_dir_all(path.parent().expect("it is in a directory"))?;
            let mut staged = fs::File::create(&path)?;
            staged.write_all(&file.contents)?;
            staged.sync_all()
        };
        write().map_err(WriteError::files("write", &place))
    }

    fn put(&mut self, name: &str) -> Result<(), WriteError> {
        let place = self.directory.join(name);
        let parent = place.parent().expect("it is in a directory");
        if !parent.is_dir() {
            fs::create_dir(parent).map_err(WriteError::files("create", parent))?;
            self.done.push(Change::Directory(parent.to_path_buf()));
        }
        let backup = self.back_up(name).map_err(WriteError::files("replace", &place))?;
        fs::rename(self.staged(name), &place).map_err(WriteError::files("write", &place))?;
        self.done.push(match backup {
            Some(backup) => Change::Replaced { place, backup },
            None => Change::Created(place),
        });
        Ok(())
    }

    /// Whether there was such a file.
    fn remove(&mut self, name: &str) -> Result<bool, WriteError> {
        let place = self.directory.join(name);
        let Some(backup) = self.back_up(name).map_err(WriteError::files("remove", &place))? else {
            return Ok(false);
        };
        fs::remove_file(&place).map_err(WriteError::files("remove", &place))?;
        self.done.push(Change::Replaced { place, backup });
        Ok(true)
    }

    /// Keeps what is at a file's place, if anything. The place itself stays as it is, so that a
    /// move replaces the old file by the new one at once.
    fn back_up(&self, name: &str) -> io::Result<Option<PathBuf>> {
        let place = self.directory.join(name);
        match fs::symlink_metadata(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(_) => {}
        }
        let backup = self.root.join("replaced").join(name);
        fs::create_dir_all(backup.parent().expect("it is in a directory"))?;
        // Not every file system has links.
        fs::hard_link(&place, &backup).or_else(|_| fs::copy(&place, &backup).map(|_| ()))?;
        Ok(Some(backup))
    }

    fn staged(&self, name: &str) -> PathBuf {
        self.root.join("new").join(name)
    }

    fn roll_back(&mut self) {
        // The first error is the one to report; undoing is by moves within one file system.
        for change in self.done.drain(..).rev() {
            let _ = match change {
                Change::Created(place) => fs::remove_file(place),
                Change::Replaced { place, backup } => fs::rename(backup, place),
                Change::Directory(path) => fs::remove_dir(path),
            };
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}
