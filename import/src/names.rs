//! What artifacts are called, so that agents of one project mean the same by the same name.

use crate::tokens::short_hash;

/// The folder that names are relative to, and the user's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    root: Option<String>,
    home: Option<String>,
}

impl Names {
    pub(crate) fn new(root: Option<&str>) -> Names {
        let root = root.filter(|root| !root.is_empty()).map(|root| clean(&slashes(root)));
        let home = root.as_deref().and_then(home);
        Names { root, home }
    }

    /// A name for the project: its folder's, and enough of a hash to tell two of that name apart.
    /// The user's name, which is often in the path, is not.
    pub(crate) fn project(&self) -> Option<String> {
        let root = self.root.as_deref()?;
        let root = if has_drive(root) { root.to_lowercase() } else { root.to_string() };
        let folder = root.rsplit('/').find(|part| !part.is_empty()).unwrap_or("root");
        Some(format!("{folder}-{}", short_hash(&root)))
    }

    /// Where relative paths begin.
    pub(crate) fn root(&self) -> Option<&str> {
        self.root.as_deref()
    }

    /// The name of the artifact at this path, which may be relative to `folder`.
    pub(crate) fn artifact(&self, path: &str, folder: Option<&str>) -> String {
        let path = slashes(path.trim());
        let absolute = match is_absolute(&path) || path.starts_with("~/") {
            true => clean(&path),
            false => {
                let below = folder.map(|folder| self.folder(folder)).or(self.root.clone());
                below.map_or(clean(&path), |folder| clean(&format!("{folder}/{path}")))
            }
        };
        let below = |folder: &Option<String>| {
            let rest = without_start(&absolute, folder.as_deref()?)?;
            if rest.is_empty() { Some(".") } else { rest.strip_prefix('/') }
        };
        if let Some(rest) = below(&self.root) {
            return rest.to_string();
        }
        let home = self.home.clone().or_else(|| home(&absolute));
        below(&home).map_or(absolute.clone(), |rest| format!("~/{rest}"))
    }

    fn folder(&self, folder: &str) -> String {
        let folder = slashes(folder);
        match (&self.root, is_absolute(&folder)) {
            (Some(root), false) => clean(&format!("{root}/{folder}")),
            _ => folder,
        }
    }
}

/// What stands behind a folder's name; on Windows, upper and lower case are one there.
fn without_start<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if !has_drive(path) {
        return path.strip_prefix(folder);
    }
    let mut rest = path.chars();
    for expected in folder.chars() {
        let found = rest.next()?;
        if found != expected && !found.to_lowercase().eq(expected.to_lowercase()) {
            return None;
        }
    }
    Some(rest.as_str())
}

/// Windows' paths with slashes, without the mark of long ones.
fn slashes(path: &str) -> String {
    let path = path.strip_prefix(r"\\?\").filter(|path| has_drive(path)).unwrap_or(path);
    let is_windows = has_drive(path) || path.contains('\\') && !path.contains('/');
    if is_windows { path.replace('\\', "/") } else { path.to_string() }
}

fn has_drive(path: &str) -> bool {
    let mut bytes = path.bytes();
    bytes.next().is_some_and(|letter| letter.is_ascii_alphabetic())
        && bytes.next() == Some(b':')
        && matches!(bytes.next(), Some(b'/' | b'\\'))
}

pub(crate) fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || has_drive(path)
}

/// Without `.`, `..` and doubled slashes, by the text alone.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|part| *part != "..") => {
                parts.pop();
            }
            ".." if path.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    let start = if path.starts_with('/') { "/" } else { "" };
    let mut joined = format!("{start}{}", parts.join("/"));
    if has_drive(path) {
        joined[..1].make_ascii_uppercase();
    }
    if joined.is_empty() { ".".to_string() } else { joined }
}

/// The user's folder that a path is in.
fn home(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        ["", "root", ..] => Some("/root".to_string()),
        ["", above @ ("home" | "Users"), user, ..] => Some(format!("/{above}/{user}")),
        [drive, users, user, ..] if has_drive(path) && users.eq_ignore_ascii_case("users") => {
            Some(format!("{drive}/{users}/{user}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_relative_to_the_project() {
        let names = Names::new(Some("/home/ada/work/app/"));
        let cases = [
            ("/home/ada/work/app/src/a.rs", None, "src/a.rs"),
            ("src/./b/../a.rs", None, "src/a.rs"),
            ("a.rs", Some("/home/ada/work/app/src"), "src/a.rs"),
            ("a.rs", Some("src"), "src/a.rs"),
            ("../other/a.rs", None, "~/work/other/a.rs"),
            ("/home/ada/work/application/a.rs", None, "~/work/application/a.rs"),
            ("/home/ada/work/app", None, "."),
            ("/etc/hosts", None, "/etc/hosts"),
            ("~/notes.md", None, "~/notes.md"),
            ("/../x", None, "/x"),
        ];
        for (path, folder, expected) in cases {
            assert_eq!(names.artifact(path, folder), expected, "{path}");
        }
    }

    #[test]
    fn windows_has_other_slashes() {
        let names = Names::new(Some(r"C:\Users\ada\app"));
        assert_eq!(names.artifact(r"C:\Users\ada\app\src\a.rs", None), "src/a.rs");
        assert_eq!(names.artifact(r"src\a.rs", None), "src/a.rs");
        assert_eq!(names.artifact(r"C:\Users\ada\x.txt", None), "~/x.txt");
    }

    #[test]
    fn windows_makes_no_difference_between_upper_and_lower_case() {
        let (upper, lower) = (Names::new(Some(r"C:\Répo")), Names::new(Some(r"c:\rÉpo")));
        assert_eq!(upper.project(), lower.project());
        for names in [upper, lower] {
            for path in
                [r"C:\Répo\src\A.rs", "c:/rÉPO/src/A.rs", r"\\?\c:\répo\src\A.rs", r"src\A.rs"]
            {
                assert_eq!(names.artifact(path, None), "src/A.rs", "{path}");
            }
            assert_eq!(names.artifact("A.rs", Some(r"c:\RÉPO\src")), "src/A.rs");
            assert_eq!(names.artifact(r"c:\repository\a.rs", None), "C:/repository/a.rs");
            assert_eq!(names.artifact(r"c:\users\ada\a.rs", None), "~/a.rs");
        }
        let names = Names::new(Some("/Repo"));
        assert_eq!(names.artifact("/repo/a.rs", None), "/repo/a.rs");
    }

    #[test]
    fn without_a_folder_names_stay_what_they_are() {
        let names = Names::new(None);
        assert_eq!(names.artifact("./a.rs", None), "a.rs");
        assert_eq!(names.artifact("/Users/ada/a.rs", None), "~/a.rs");
        assert_eq!((names.project(), names.artifact("", None)), (None, ".".to_string()));
    }

    #[test]
    fn projects_of_the_same_name_differ() {
        let project = |root| Names::new(Some(root)).project().unwrap();
        assert!(project("/home/ada/app").starts_with("app-"));
        assert_ne!(project("/home/ada/app"), project("/home/bo/app"));
        assert_eq!(project("/home/ada/app"), project("/home/ada/app/"));
    }
}
