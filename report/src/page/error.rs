use std::io;
use std::path::PathBuf;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("{}: is not there; name a folder with results, or one table", path.display())]
    Missing { path: PathBuf },
    #[error(
        "{}: nothing in this folder can be shown; it needs a REPORT.md (`attune reproduce`), or \
         tables and figures as .csv, .parquet, .json or .svg",
        path.display()
    )]
    Empty { path: PathBuf },
    #[error("{}: is no table; name a .csv, .parquet, .json or .svg file, or a folder", path.display())]
    Unknown { path: PathBuf },
    #[error("{}: cannot be read: {source}", path.display())]
    Files { path: PathBuf, source: io::Error },
    #[error("{}: {problem}", path.display())]
    Malformed { path: PathBuf, problem: String },
}
