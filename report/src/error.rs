//! What can go wrong, and what to do then.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("cannot {action} {}: {source}. {}", path.display(), advice(source.kind()))]
    Files { action: &'static str, path: PathBuf, source: io::Error },

    #[error(
        "`{name}` cannot be a file name: use lower-case letters, digits and hyphens in the name \
         of the {what}"
    )]
    Name { what: &'static str, name: String },

    #[error("two {what}s are named `{name}`: rename one, or one's files would replace the other's")]
    Twice { what: &'static str, name: String },

    #[error("table `{table}`, row {row}: {problem}. Rows need a cell per column, of its kind")]
    Row { table: String, row: usize, problem: String },

    #[error("cannot draw figure `{name}`: {problem}")]
    Figure { name: String, problem: String },

    #[error(
        "{} is not a manifest this program wrote: {problem}. Move it away, or choose another \
         directory",
        path.display()
    )]
    Manifest { path: PathBuf, problem: String },
}

impl WriteError {
    /// Turns what the file system said into an error that says where and what to do.
    pub(crate) fn files(
        action: &'static str,
        path: &Path,
    ) -> impl FnOnce(io::Error) -> WriteError + use<> {
        let path = path.to_path_buf();
        move |source| WriteError::Files { action, path, source }
    }
}

fn advice(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "Choose a directory you may write to, or change its permissions"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "Free some space and run again; what was there before is unchanged"
        }
        io::ErrorKind::NotADirectory
        | io::ErrorKind::AlreadyExists
        | io::ErrorKind::IsADirectory => {
            "A file stands where a directory belongs, or the other way round: move it away, or \
             choose another directory"
        }
        io::ErrorKind::NotFound => "Check the path",
        _ => "What was there before is unchanged; run again once this is solved",
    }
}
