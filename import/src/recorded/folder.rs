//! The folder that a session most likely worked in, from the paths in its calls.

use crate::json::text;
use crate::names::is_absolute;
use serde_json::Value;
use std::collections::BTreeMap;

/// Inputs that are files, and those that are folders.
const FILES: [&str; 5] = ["file_path", "filePath", "absolute_path", "notebook_path", "path"];
const FOLDERS: [&str; 3] = ["workdir", "cwd", "working_directory"];

/// The deepest folder with at least this part of the paths below it.
const PART: (usize, usize) = (4, 5);

/// Folders this near the top (`/home/ada`) are no projects.
const DEPTH_MIN: usize = 3;

/// A folder that commands were run in and that most paths are below; or if there is none, the
/// deepest that they have in common. `None`: there are none, or they have nothing in common.
pub(super) fn inferred(inputs: impl Iterator<Item = Value>) -> Option<String> {
    let mut below: BTreeMap<String, usize> = BTreeMap::new();
    let mut ran_in: BTreeMap<String, usize> = BTreeMap::new();
    let mut paths = 0;
    for input in inputs {
        let files = FILES.iter().filter_map(|name| text(&input, &[name]));
        for path in files.filter(|path| is_absolute(path)) {
            paths += 1;
            for folder in folders_above(path) {
                *below.entry(folder.to_string()).or_default() += 1;
            }
        }
        let folders = FOLDERS.iter().filter_map(|name| text(&input, &[name]));
        let command = text(&input, &["command"]).and_then(changed_to);
        for folder in folders.chain(command).filter(|path| is_absolute(path)) {
            *ran_in.entry(folder.trim_end_matches('/').to_string()).or_default() += 1;
        }
    }
    let enough = |folder: &str, count: usize| {
        count * PART.1 >= paths * PART.0 && folder.split('/').count() > DEPTH_MIN
    };
    let common = below.iter().filter(|(folder, count)| enough(folder, **count));
    let Some((deepest, _)) = common.max_by_key(|(folder, _)| folder.len()) else {
        // No files: the folder that most commands were run in.
        let most = ran_in.into_iter().rev().max_by_key(|(_, count)| *count);
        return most.map(|(folder, _)| folder).filter(|_| paths == 0);
    };
    let of_commands = ran_in
        .into_keys()
        .filter(|folder| enough(folder, paths) && (deepest == folder || is_below(deepest, folder)));
    of_commands.max_by_key(String::len).or(Some(deepest.clone()))
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(place, _)| &path[..place]).filter(|folder| !folder.is_empty())
}

/// `cd folder && …`.
fn changed_to(command: &str) -> Option<&str> {
    let rest = command.trim_start().strip_prefix("cd ")?;
    rest.split([' ', ';', '&', '\n']).next().map(|folder| folder.trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(inputs: &[Value]) -> Option<String> {
        inferred(inputs.iter().cloned())
    }

    #[test]
    fn the_folder_is_where_commands_ran_or_what_paths_have_in_common() {
        let files = ["src/a.rs", "src/b.rs", "src/c/d.rs"];
        let read = |file: &str| json!({ "file_path": format!("/home/ada/app/{file}") });
        let mut inputs: Vec<Value> = files.iter().map(|file| read(file)).collect();
        assert_eq!(of(&inputs).as_deref(), Some("/home/ada/app/src"));
        inputs.push(json!({ "command": "cd /home/ada/app && make" }));
        assert_eq!(of(&inputs).as_deref(), Some("/home/ada/app"));
        // One file elsewhere in five does not move it.
        inputs.push(read("src/e.rs"));
        inputs.push(json!({ "file_path": "/tmp/x" }));
        assert_eq!(of(&inputs).as_deref(), Some("/home/ada/app"));
    }

    #[test]
    fn a_users_own_folder_is_no_project() {
        let paths = ["/home/ada/a/b.rs", "/home/ada/c/d.rs"];
        let inputs: Vec<Value> = paths.iter().map(|path| json!({ "path": path })).collect();
        assert_eq!(of(&inputs), None);
        assert_eq!(of(&[json!({ "path": "relative" })]), None);
        assert_eq!(of(&[json!({ "workdir": "/srv/app" })]).as_deref(), Some("/srv/app"));
    }
}
