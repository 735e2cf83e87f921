//! The documentation, the table of fields and the reader must say the same.

use std::path::{Path, PathBuf};

use attune_sim::scenario::Scenario;
use attune_sim::scenario::fields::{
    ACTIONS_MAX, ARTIFACTS_MAX, DISTRIBUTIONS, Default, Engines, FIELDS, Field, Kind, TOKENS_MAX,
};
use serde_yaml::Value;

const BASE: &str = "
simulation: {duration_ticks: 1, num_agents: 1}
scenario: {name: base, action_probability: 0.5}
artifacts: [{id: a, size_tokens: 1}]
";

#[test]
fn the_tables_are_the_table() {
    let mut text = std::fs::read_to_string(document()).unwrap();
    let before = text.clone();
    replace(&mut text, "fields", &fields());
    replace(&mut text, "distributions", &distributions());
    replace(&mut text, "older spellings", &older_spellings());
    replace(&mut text, "sums", &sums());
    if std::env::var_os("ATTUNE_REWRITE").is_some() {
        std::fs::write(document(), &text).unwrap();
    } else {
        assert!(before == text, "{} is out of date: set ATTUNE_REWRITE=1", document().display());
    }
}

#[test]
fn the_example_is_correct_and_complete() {
    let example = block("<!-- example -->\n```yaml\n");
    let scenario = Scenario::from_yaml(&example, "example").unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(scenario.artifacts.len(), 11);
    for field in FIELDS {
        let key = field.path.rsplit(['.', '[', ']']).next().unwrap();
        assert!(example.contains(&format!("{key}:")), "{key} is not in the example");
    }
}

#[test]
fn the_printed_mistakes_are_what_is_printed() {
    let expected = block("<!-- mistakes -->\n```text\n");
    let text = "\
simulation: {duration_ticks: 40, num_agent: 4}
scenario: {name: x, action_probability: 0.5}
artifacts:
  - {id: plan, size_tokens: big}
";
    let errors = Scenario::from_yaml(text, "a.yaml").unwrap_err();
    assert_eq!(errors.to_string(), expected.trim_end());
}

#[test]
fn stated_defaults_hold() {
    let absent = parse(BASE);
    for field in FIELDS {
        if let Default::Value(value) = field.default {
            assert_eq!(with(field.path, value), Ok(absent.clone()), "{}", field.path);
        }
    }
}

#[test]
fn stated_ranges_are_the_ranges() {
    for field in FIELDS {
        let (inside, outside): (Vec<String>, Vec<String>) = match field.kind {
            Kind::Whole { min, max } => (
                vec![min.to_string(), max.to_string()],
                vec![(i128::from(min) - 1).to_string(), (i128::from(max) + 1).to_string()],
            ),
            Kind::Number { min, max } => (
                vec![min.to_string(), max.to_string()],
                vec![(min - 1e-6).to_string(), (max + 1e-6).to_string()],
            ),
            Kind::Flag => (vec!["true".into(), "false".into()], vec!["2".into()]),
            Kind::Text => (vec!["x".into()], vec!["' '".into()]),
            Kind::Choice(names) => {
                (names.iter().map(|&name| name.to_owned()).collect(), vec!["other".into()])
            }
            Kind::Duration => {
                (vec!["0".into(), "100000".into()], vec!["100001".into(), "soon".into()])
            }
            Kind::Ignored => (vec!["{anything: [goes]}".into()], vec![]),
        };
        for value in inside {
            assert!(with(field.path, &value).is_ok(), "{}: {value}", field.path);
        }
        for value in outside {
            let message = with(field.path, &value).expect_err(field.path);
            assert!(message.contains(&format!("found {}", quoted(&value))), "{message}");
        }
    }
}

#[test]
fn every_field_but_the_ignored_ones_changes_the_scenario() {
    for field in FIELDS {
        let value = match field.kind {
            Kind::Whole { .. } => "7",
            Kind::Number { .. } => "0.125",
            Kind::Flag if field.default == Default::Value("true") => "false",
            Kind::Flag => "true",
            Kind::Text => "other",
            Kind::Choice(names) if field.default == Default::Value(names[0]) => names[1],
            Kind::Choice(names) => names[0],
            Kind::Duration => "{uniform: {min: 3, max: 9}}",
            Kind::Ignored => "7",
        };
        let changed = with(field.path, value).unwrap() != parse(BASE);
        assert_eq!(changed, field.kind != Kind::Ignored, "{}", field.path);
    }
}

#[test]
fn older_spellings_are_read_as_the_newer_one() {
    for field in FIELDS {
        let value = match field.kind {
            Kind::Choice(names) => names[0],
            Kind::Number { .. } => "0.125",
            _ => "7",
        };
        for older in field.older {
            let mut base: Value = serde_yaml::from_str(BASE).unwrap();
            // The base file has some of the newer spellings.
            let (section, key) = field.path.rsplit_once('.').unwrap();
            if let Some(Value::Mapping(section)) = base.get_mut(section) {
                section.remove(key);
            }
            let read = |path| {
                let mut file = base.clone();
                Scenario::from_yaml(&text_with(&mut file, path, value), path)
            };
            let newer = read(field.path).unwrap();
            assert_eq!(read(older).as_ref(), Ok(&newer), "{older}");
            assert_ne!(newer, parse(BASE), "{older}");
        }
    }
}

/// As a message shows a found value: text in quotes.
fn quoted(value: &str) -> String {
    let text = value.trim_matches('\'');
    if text.parse::<f64>().is_ok() { text.to_owned() } else { format!("{text:?}") }
}

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scenario-format.md")
}

/// The text of the code block that starts with `opening`.
fn block(opening: &str) -> String {
    let text = std::fs::read_to_string(document()).unwrap();
    let (_, rest) = text.split_once(opening).expect(opening);
    rest.split_once("```").unwrap().0.to_owned()
}

fn parse(text: &str) -> Scenario {
    Scenario::from_yaml(text, "test.yaml").unwrap_or_else(|errors| panic!("{errors}"))
}

/// The base file with one field set to a value.
fn with(path: &str, value: &str) -> Result<Scenario, String> {
    let mut file: Value = serde_yaml::from_str(BASE).unwrap();
    let text = text_with(&mut file, path, value);
    Scenario::from_yaml(&text, "test.yaml").map_err(|errors| errors.to_string())
}

fn text_with(file: &mut Value, path: &str, value: &str) -> String {
    let mut place = &mut *file;
    for key in path.split('.') {
        let (key, listed) = key.strip_suffix("[]").map_or((key, false), |key| (key, true));
        if !place.is_mapping() {
            *place = Value::Mapping(serde_yaml::Mapping::new());
        }
        place = place.as_mapping_mut().unwrap().entry(key.into()).or_insert(Value::Null);
        if listed {
            place = place.get_mut(0).unwrap();
        }
    }
    // The value goes in as text: no detour may change how it is spelled.
    *place = "VALUE".into();
    serde_yaml::to_string(file).unwrap().replace("VALUE", value)
}

/// Puts `content` between the two comments called `name`.
fn replace(text: &mut String, name: &str, content: &str) {
    let opening = format!("<!-- {name} -->\n");
    let start = text.find(&opening).expect(name) + opening.len();
    let end = text.find(&format!("<!-- end of {name} -->")).expect(name);
    text.replace_range(start..end, &format!("\n{content}\n"));
}

fn fields() -> String {
    let mut text =
        "| field | allowed | default | engine | meaning |\n| --- | --- | --- | --- | --- |\n"
            .to_owned();
    for Field { path, kind, default, used_by, meaning, .. } in FIELDS {
        let default = match default {
            Default::Required => "**required**".to_owned(),
            Default::Value(value) => format!("`{value}`"),
            Default::Unset(words) => (*words).to_owned(),
        };
        let engine = match used_by {
            Engines::Both => "both",
            Engines::Published => "published",
            Engines::Protocol => "protocol",
            Engines::Handoff => "handoff",
            Engines::Neither => "none",
        };
        text += &format!("| `{path}` | {} | {default} | {engine} | {meaning} |\n", allowed(*kind));
    }
    text
}

fn allowed(kind: Kind) -> String {
    match kind {
        Kind::Whole { min: i64::MIN, max: i64::MAX } => "whole, 64 bits with sign".to_owned(),
        Kind::Whole { min, max } => format!("whole, {min} to {max}"),
        Kind::Number { min, max } => format!("{min} to {max}"),
        Kind::Choice(names) => format!("`{}`", names.join("`, `")),
        Kind::Duration => "[duration](#durations)".to_owned(),
        Kind::Flag | Kind::Text | Kind::Ignored => kind.to_string(),
    }
}

fn distributions() -> String {
    let mut text = "| distribution | parameters | meaning |\n| --- | --- | --- |\n".to_owned();
    for distribution in DISTRIBUTIONS {
        let parameters: Vec<String> = distribution
            .parameters
            .iter()
            .map(|&(name, kind)| format!("`{name}`: {}", allowed(kind)))
            .collect();
        let name = distribution.name;
        text += &format!("| `{name}` | {} | {} |\n", parameters.join("; "), distribution.meaning);
    }
    text
}

fn older_spellings() -> String {
    let mut text =
        "| field | older spellings, the first one found wins |\n| --- | --- |\n".to_owned();
    for field in FIELDS.iter().filter(|field| !field.older.is_empty()) {
        text += &format!("| `{}` | `{}` |\n", field.path, field.older.join("`, `"));
    }
    text
}

fn sums() -> String {
    format!(
        "| sum | at most |\n| --- | --- |\n\
         | artifacts, after `count` is expanded | {ARTIFACTS_MAX} |\n\
         | actions in one run | {ACTIONS_MAX} |\n\
         | tokens in one run | {TOKENS_MAX} |\n"
    )
}
