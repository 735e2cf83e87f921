//! `str_replace_editor view /path --view_range 1 20`, `create`, `str_replace`, `insert`,
//! `undo_edit`: the editor that names its file each time.

use crate::numbered;
use crate::touch::Touch;
use attune_trace::access::Outcome;

pub(super) fn touches(action: &str, observation: &str) -> Vec<Touch> {
    let words = words(action);
    let word = |place: usize| words.get(place).map(String::as_str);
    let (Some(command), Some(path)) = (word(1), word(2)) else { return Vec::new() };
    let option = |name: &str| {
        let place = words.iter().position(|word| word == name)?;
        word(place + 1)
    };
    let failed = ["ERROR", "Error", "No replacement was performed", "Invalid", "The path "]
        .iter()
        .any(|start| observation.starts_with(start));
    let touch = match command {
        "view" if observation.contains("files and directories up to") => return Vec::new(),
        "view" => {
            let touch = Touch::read(path);
            let shown = observation.split_once('\n').map_or("", |(_, shown)| shown);
            match numbered::strip(shown) {
                Some(shown) => {
                    let total = option("--view_range").is_none().then_some(shown.lines.last());
                    touch.lines(shown.lines.first(), &shown.text, total)
                }
                None => touch,
            }
        }
        "create" => Touch::write(path).whole(option("--file_text").unwrap_or_default()),
        "str_replace" | "insert" => {
            Touch::write(path).text(option("--new_str").unwrap_or_default())
        }
        "undo_edit" => Touch::write(path),
        _ => return Vec::new(),
    };
    vec![if failed { touch.outcome(Outcome::Failed) } else { touch }]
}

/// Words as Python's `shlex` quotes them.
fn words(action: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = action.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' => {
                word.get_or_insert_default().extend(characters.by_ref().take_while(|c| *c != '\''))
            }
            '"' => {
                let word = word.get_or_insert_default();
                while let Some(quoted) = characters.next().filter(|quoted| *quoted != '"') {
                    word.extend(if quoted == '\\' { characters.next() } else { Some(quoted) });
                }
            }
            '\\' => word.get_or_insert_default().extend(characters.next()),
            _ if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}
