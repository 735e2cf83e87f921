//! Patches in the form that Codex' models write: `*** Begin Patch`, `*** Update File: …`.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Add,
    Update,
    Delete,
}

/// What a patch does to one file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FilePatch {
    pub(crate) path: String,
    pub(crate) change: Change,
    /// The lines it adds; of a new file, all there is.
    pub(crate) added: String,
    /// Where the file is afterwards, if it is moved.
    pub(crate) moved_to: Option<String>,
}

/// What a patch does, file by file; nothing if it is none.
pub(crate) fn parse(text: &str) -> Vec<FilePatch> {
    let mut files: Vec<FilePatch> = Vec::new();
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("*** Move to: ") {
            if let Some(file) = files.last_mut() {
                file.moved_to = Some(path.trim().to_string());
            }
        } else if let Some((change, path)) = begins(line) {
            let path = path.trim().to_string();
            files.push(FilePatch { path, change, added: String::new(), moved_to: None });
        } else if let (Some(file), Some(added)) = (files.last_mut(), line.strip_prefix('+')) {
            file.added.push_str(added);
            file.added.push('\n');
        }
    }
    files.retain(|file| !file.path.is_empty());
    files
}

fn begins(line: &str) -> Option<(Change, &str)> {
    let of = |mark, change| line.strip_prefix(mark).map(|path| (change, path));
    of("*** Add File: ", Change::Add)
        .or_else(|| of("*** Update File: ", Change::Update))
        .or_else(|| of("*** Delete File: ", Change::Delete))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_told_file_by_file() {
        let files = parse(
            "*** Begin Patch\n*** Add File: a.txt\n+one\n+two\n*** Update File: b.rs\n*** Move to: \
             c.rs\n@@ fn main\n-old\n+new\n same\n*** Delete File: d.rs\n*** End Patch",
        );
        let told: Vec<_> = files
            .iter()
            .map(|file| (file.change, &*file.path, &*file.added, file.moved_to.as_deref()))
            .collect();
        let expected = [
            (Change::Add, "a.txt", "one\ntwo\n", None),
            (Change::Update, "b.rs", "new\n", Some("c.rs")),
            (Change::Delete, "d.rs", "", None),
        ];
        assert_eq!(told, expected);
        assert_eq!(parse("+++ nothing of the kind"), []);
    }
}
