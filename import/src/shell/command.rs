//! What single commands do, as far as their words say.

use super::Prints;
use super::words::{Command, Word};
use crate::touch::Touch;

/// What a pipeline does, apart from what it writes.
pub(super) enum Does {
    Nothing,
    /// Goes into another folder.
    Enter(String),
    /// Prints so many lines (`None`: unknown) that are no artifact.
    Prints(Option<u64>),
    Read(Vec<Reads>),
}

/// A file that is read, and which lines of it reach the agent.
pub(super) struct Reads {
    pub(super) path: String,
    pub(super) asked: Asked,
    /// Its lines are shown with numbers.
    pub(super) numbered: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// So many at most, from this one on.
    Lines(u64, u64),
    /// To the end, from this one on.
    From(u64),
    /// So many at most at the end.
    Last(u64),
    /// Some, it is not known which.
    Some,
}

impl Asked {
    pub(super) fn prints(self) -> Prints {
        match self {
            Asked::Lines(_, lines) | Asked::Last(lines) => Prints::AtMost(lines),
            Asked::From(_) | Asked::Some => Prints::Unknown,
        }
    }
}

const QUIET: [&str; 15] = [
    "mkdir", "touch", "rm", "mv", "cp", "true", ":", "set", "export", "test", "[", "chmod",
    "sleep", "unset", "ln",
];

/// Filters that let through a part of what they are given.
const FILTERS: [&str; 9] = ["grep", "egrep", "rg", "sort", "uniq", "cut", "awk", "tr", "column"];

pub(super) fn does(commands: &[Command]) -> Does {
    let Some((first, filters)) = commands.split_first() else { return Does::Nothing };
    let last = filters.last().unwrap_or(first);
    let name = first.words.first().map_or("", |word| &word.text);
    if last.output.is_some() {
        // What it prints goes into a file.
        return Does::Nothing;
    }
    if let ("cd", [_, into]) = (name, &first.words[..])
        && into.clear
    {
        return Does::Enter(into.text.clone());
    }
    if filters.is_empty() && QUIET.contains(&name) {
        return Does::Nothing;
    }
    if filters.is_empty() && name == "echo" && first.words[1..].iter().all(|word| word.clear) {
        let option = first.words.get(1).is_some_and(|word| word.text.starts_with('-'));
        let lines = first.words[1..].iter().map(|word| word.text.matches('\n').count() as u64);
        return Does::Prints(
            (!option || first.words[1].text.starts_with("--")).then(|| lines.sum::<u64>() + 1),
        );
    }
    let Some(mut reads) = reads(first) else { return Does::Prints(None) };
    for filter in filters {
        if !narrow(&mut reads, filter) {
            return Does::Prints(None);
        }
    }
    Does::Read(reads)
}

fn reads(command: &Command) -> Option<Vec<Reads>> {
    let (name, words) = command.words.split_first()?;
    let all = |asked: Asked, files: Vec<&Word>, numbered| {
        let clear = !files.is_empty() && files.iter().all(|file| file.clear && file.text != "-");
        let read = |file: &Word| Reads { path: file.text.clone(), asked, numbered };
        clear.then(|| files.into_iter().map(read).collect())
    };
    match &*name.text {
        "cat" | "bat" => {
            let numbered = words.iter().any(|word| word.text == "-n");
            all(Asked::From(1), operands(words, &[]), numbered)
        }
        "nl" => all(Asked::From(1), operands(words, &["-w", "-v", "-i"]), true),
        "head" | "tail" => {
            let asked = end(name.text == "head", words)?;
            let files = operands(words, &["-n", "-c", "--lines", "--bytes"]);
            // Several are shown with their names between them.
            if files.len() == 1 { all(asked, files, false) } else { None }
        }
        "sed" => sed(words),
        "grep" | "egrep" | "rg" | "ag" => {
            let options = ["-e", "-A", "-B", "-C", "-m", "-g", "--glob", "-t", "--type", "-f"];
            let named = words.iter().any(|word| word.text == "-e");
            let mut files = operands(words, &options);
            let lists = |word: &Word| {
                let text = &word.text;
                text == "--files"
                    || text == "--count"
                    || text.starts_with('-')
                        && !text.starts_with("--")
                        && text.contains(['l', 'c', 'r', 'R', 'L', 'q'])
            };
            if !named && !files.is_empty() {
                files.remove(0);
            }
            if files.len() != 1 || words.iter().any(lists) || !is_a_file(&files[0].text) {
                return None;
            }
            all(Asked::Some, files, false)
        }
        _ => None,
    }
}

/// Whether a name is more likely a file's than a folder's.
pub(crate) fn is_a_file(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.trim_start_matches('.').rsplit_once('.').is_some_and(|(stem, end)| {
        !stem.is_empty() && !end.is_empty() && end.chars().all(char::is_alphanumeric)
    })
}

/// What is no option, and no value of one of these options.
fn operands<'a>(words: &'a [Word], with_value: &[&str]) -> Vec<&'a Word> {
    let mut found = Vec::new();
    let mut words = words.iter();
    let mut options = true;
    while let Some(word) = words.next() {
        match &*word.text {
            "--" if options => options = false,
            option if options && with_value.contains(&option) => {
                words.next();
            }
            option if options && option.starts_with('-') && option.len() > 1 => {}
            _ => found.push(word),
        }
    }
    found
}

/// Which lines `head` and `tail` are asked for.
fn end(head: bool, words: &[Word]) -> Option<Asked> {
    let mut count = "10";
    let mut words = words.iter().map(|word| &*word.text).peekable();
    while let Some(word) = words.next() {
        match word {
            "-n" | "--lines" => count = words.next()?,
            _ if word.starts_with("--lines=") => count = &word[8..],
            _ if word.starts_with("-n") => count = &word[2..],
            _ if word.starts_with("-c") || word.starts_with("--bytes") => return Some(Asked::Some),
            _ if word.len() > 1 && word.starts_with('-') && is_number(&word[1..]) => {
                count = &word[1..];
            }
            _ => {}
        }
    }
    if let Some(first) = count.strip_prefix('+') {
        let first: u64 = first.parse().ok()?;
        return Some(if head { Asked::Some } else { Asked::From(first.max(1)) });
    }
    // `head -n -5` leaves the end out.
    let Ok(count) = count.parse::<u64>() else { return Some(Asked::Some) };
    Some(if head { Asked::Lines(1, count) } else { Asked::Last(count) })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() < 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `sed -n '3,9p' file`: other uses print what is no longer the file's text.
fn sed(words: &[Word]) -> Option<Vec<Reads>> {
    let (script, files) = sed_script(words)?;
    let [file] = files[..] else { return None };
    let path = file.clear.then(|| file.text.clone())?;
    Some(vec![Reads { path, asked: printed_lines(&script)?, numbered: false }])
}

/// The script of a `sed` that prints only what it is told to, and its files.
fn sed_script(words: &[Word]) -> Option<(String, Vec<&Word>)> {
    let mut script = None;
    let mut quiet = false;
    let mut files = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match &*word.text {
            "-n" | "--quiet" | "--silent" => quiet = true,
            "-e" | "-ne" => {
                quiet |= word.text == "-ne";
                script = Some(words.next()?.text.clone());
            }
            option if option.starts_with('-') => return None,
            text if script.is_none() => script = Some(text.to_string()),
            _ => files.push(word),
        }
    }
    quiet.then_some((script?, files))
}

/// The lines that `3,9p`, `7p` or `3,$p` prints.
fn printed_lines(script: &str) -> Option<Asked> {
    let script = script.trim().trim_end_matches([';', 'q', '}']).trim();
    let Some(range) = script.strip_suffix('p') else { return Some(Asked::Some) };
    let number = |text: &str| is_number(text.trim()).then(|| text.trim().parse::<u64>().ok())?;
    let Some((first, last)) = range.split_once(',') else {
        return Some(
            number(range)
                .filter(|line| *line > 0)
                .map_or(Asked::Some, |line| Asked::Lines(line, 1)),
        );
    };
    let first = number(first).map(|first| first.max(1));
    Some(match (first, last.trim(), number(last)) {
        (Some(first), "$", _) => Asked::From(first),
        (Some(first), _, Some(last)) if last >= first => Asked::Lines(first, last - first + 1),
        _ => Asked::Some,
    })
}

/// Takes into account that a filter lets only a part through; `false` if it prints something else.
fn narrow(reads: &mut [Reads], filter: &Command) -> bool {
    let Some((name, words)) = filter.words.split_first() else { return false };
    let asked = match &*name.text {
        "head" | "tail" if operands(words, &["-n", "-c", "--lines", "--bytes"]).is_empty() => {
            end(name.text == "head", words)
        }
        "sed" => match sed_script(words) {
            Some((script, files)) if files.is_empty() => printed_lines(&script),
            _ => None,
        },
        "cat" | "nl" if words.iter().all(|word| word.text.starts_with('-')) => {
            reads
                .iter_mut()
                .for_each(|read| read.numbered |= name.text == "nl" || !words.is_empty());
            return true;
        }
        name if FILTERS.contains(&name) => Some(Asked::Some),
        _ => None,
    };
    let ([read], Some(asked)) = (reads, asked) else { return false };
    read.asked = if read.asked == Asked::From(1) { asked } else { Asked::Some };
    true
}

/// What a command changes by itself.
pub(super) fn changes(command: &Command) -> Vec<Touch> {
    let Some((name, words)) = command.words.split_first() else { return Vec::new() };
    let options = words.iter().filter(|word| word.text.starts_with('-'));
    let has = |letters: &[char]| options.clone().any(|option| option.text.contains(letters));
    let files = operands(words, &[]);
    let clear = |file: &&Word| file.clear && !file.text.starts_with("/dev/");
    match &*name.text {
        "tee" => {
            let write = |file: &Word| match (&command.here, has(&['a'])) {
                (Some(text), false) => Touch::write(&file.text).whole(text.clone()),
                (Some(text), true) => Touch::write(&file.text).text(text.clone()),
                (None, _) => Touch::write(&file.text),
            };
            files.into_iter().filter(clear).map(write).collect()
        }
        // The first operand is the script.
        "sed" if options.clone().any(|option| option.text.starts_with("-i")) => {
            let files = files.into_iter().skip(1).filter(clear);
            files
                .filter(|file| is_a_file(&file.text))
                .map(|file| Touch::write(&file.text))
                .collect()
        }
        "rm" if !has(&['r', 'R']) => {
            files.into_iter().filter(clear).map(|file| Touch::write(&file.text).whole("")).collect()
        }
        "mv" | "cp" => match files[..] {
            [from, to]
                if from.clear && to.clear && is_a_file(&from.text) && is_a_file(&to.text) =>
            {
                let gone = (name.text == "mv").then(|| Touch::write(&from.text).whole(""));
                gone.into_iter().chain([Touch::write(&to.text)]).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What a command prints, if that is in its text; `before` stands before it in the pipeline.
pub(super) fn printed(command: &Command, before: Option<&Command>) -> Option<String> {
    let (name, words) = command.words.split_first()?;
    match &*name.text {
        "cat" if before.is_none() && words.is_empty() => command.here.clone(),
        "cat" if words.is_empty() => printed(before?, None),
        "echo" | "printf" => {
            let mut words = words;
            while let [option, rest @ ..] = words
                && matches!(&*option.text, "-e" | "-n" | "-ne" | "-en")
            {
                words = rest;
            }
            let texts: Vec<&str> = words.iter().map(|word| &*word.text).collect();
            words.iter().all(|word| word.clear).then(|| texts.join(" ") + "\n")
        }
        _ => None,
    }
}
