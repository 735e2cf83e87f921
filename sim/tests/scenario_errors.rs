//! What a person sees who made a mistake in a scenario file, word for word.

use attune_sim::scenario::{FILE_BYTES_MAX, Problem, Scenario};

/// The text of all the mistakes in `yaml`.
#[track_caller]
fn errors(yaml: &str) -> String {
    Scenario::from_yaml(yaml, "a.yaml").expect_err("a mistake").to_string()
}

/// A correct file with these lines in place of the sections they start.
fn with(sections: &str) -> String {
    let standard = [
        ("simulation", "simulation: {duration_ticks: 40, num_agents: 4}\n"),
        ("scenario", "scenario: {name: x, action_probability: 0.5}\n"),
        ("artifacts", "artifacts: [{id: plan, size_tokens: 100}]\n"),
    ];
    let given = |name: &str| sections.lines().any(|line| line.starts_with(&format!("{name}:")));
    let rest = standard.iter().filter(|(name, _)| !given(name)).map(|&(_, text)| text);
    sections.to_owned() + &rest.collect::<String>()
}

#[track_caller]
fn assert_errors(yaml: &str, expected: &str) {
    assert_eq!(errors(yaml), expected.trim_matches('\n'), "\nin\n{yaml}");
}

#[test]
fn the_standard_file_is_correct() {
    assert!(Scenario::from_yaml(&with(""), "a.yaml").is_ok());
}

#[test]
fn wrong_kind_of_value() {
    assert_errors(
        &with("artifacts:\n  - {id: plan, size_tokens: big}\n"),
        "
error: a.yaml:2:29: artifacts[0].size_tokens: found \"big\", allowed: a whole number from 1 to 1000000000
  2 |   - {id: plan, size_tokens: big}
    |                             ^^^",
    );
    assert_errors(
        &with("simulation:\n  duration_ticks: 4.0\n  num_agents: \"4\"\n  seed: [1]\n"),
        r#"
error: a.yaml:2:19: simulation.duration_ticks: found 4.0, allowed: a whole number from 1 to 100000000
  2 |   duration_ticks: 4.0
    |                   ^^^
error: a.yaml:3:15: simulation.num_agents: found "4" in quotes, which make it text, allowed: a whole number from 1 to 1000000
  3 |   num_agents: "4"
    |               ^^^
error: a.yaml:4:9: simulation.seed: found a list, allowed: a whole number from -9223372036854775808 to 9223372036854775807
  4 |   seed: [1]
    |         ^"#,
    );
    assert_errors(
        &with("protocol: {revalidate: 1}\nfaults: none\n"),
        r#"
error: a.yaml:1:24: protocol.revalidate: found 1, allowed: true or false
  1 | protocol: {revalidate: 1}
    |                        ^
error: a.yaml:2:9: faults: found "none", allowed: a mapping of fields
  2 | faults: none
    |         ^^^^"#,
    );
}

#[test]
fn out_of_range() {
    assert_errors(
        &with("network: {message_loss_rate: 1.0, latency_ticks: -1}\n"),
        "
error: a.yaml:1:30: network.message_loss_rate: found 1.0, allowed: a number from 0 to 0.999999
  1 | network: {message_loss_rate: 1.0, latency_ticks: -1}
    |                              ^^^
error: a.yaml:1:50: network.latency_ticks: found -1, allowed: a whole number from 0 to 100000
  1 | network: {message_loss_rate: 1.0, latency_ticks: -1}
    |                                                  ^^",
    );
    assert_errors(
        &with("scenario: {name: x, action_probability: .nan, write_probability: .inf}\n"),
        "
error: a.yaml:1:41: scenario.action_probability: found \".nan\", allowed: a number from 0 to 1
  1 | scenario: {name: x, action_probability: .nan, write_probability: .inf}
    |                                         ^^^^
error: a.yaml:1:66: scenario.write_probability: found \".inf\", allowed: a number from 0 to 1
  1 | scenario: {name: x, action_probability: .nan, write_probability: .inf}
    |                                                                  ^^^^",
    );
    assert_errors(
        &with("simulation: {duration_ticks: 1, num_agents: 1, seed: 9223372036854775808}\n"),
        "
error: a.yaml:1:54: simulation.seed: found 9223372036854775808, allowed: a whole number from -9223372036854775808 to 9223372036854775807
  1 | simulation: {duration_ticks: 1, num_agents: 1, seed: 9223372036854775808}
    |                                                      ^^^^^^^^^^^^^^^^^^^",
    );
}

#[test]
fn text_that_is_no_name() {
    assert_errors(
        &with("scenario: {name: '  ', action_probability: 1}\n"),
        "
error: a.yaml:1:18: scenario.name: found \"  \", allowed: text of 1 to 200 characters on one line
  1 | scenario: {name: '  ', action_probability: 1}
    |                  ^^^^",
    );
    let long = "a".repeat(201);
    for name in ["\"a\\nb\"", "\"a\\u2028b\"", long.as_str(), "{}", "[a]"] {
        let text = errors(&with(&format!("scenario: {{name: {name}, action_probability: 1}}\n")));
        assert!(text.contains("scenario.name: found "), "{text}");
        assert!(text.contains("allowed: text of 1 to 200 characters on one line"), "{text}");
    }
}

#[test]
fn names_out_of_a_list() {
    assert_errors(
        &with("scenario:\n  name: x\n  workload: readheavy\n  action_probability: 1\n"),
        "
error: a.yaml:3:13: scenario.workload: found \"readheavy\", allowed: one of read_heavy, write_heavy, parallel_editing, large_artifact_reasoning, custom; did you mean read_heavy?
  3 |   workload: readheavy
    |             ^^^^^^^^^",
    );
    assert_errors(
        &with("context_semantics: {model: eager}\n"),
        "
error: a.yaml:1:28: context_semantics.model: found \"eager\", allowed: one of always_read, conditional_injection, pointer
  1 | context_semantics: {model: eager}
    |                            ^^^^^",
    );
}

#[test]
fn unknown_keys() {
    assert_errors(
        &with("netwrk: {}\nnetwork:\n  latency: 1\n  bound_reads: 4\n  banana: 2\n"),
        "
error: a.yaml:1:1: netwrk: unknown key; did you mean network?
  1 | netwrk: {}
    | ^^^^^^
error: a.yaml:3:3: network.latency: unknown key; known here: latency_ticks, message_loss_rate, request_latency_ticks, request_loss_rate, duplication_rate, reorder_rate, reorder_ticks
  3 |   latency: 1
    |   ^^^^^^^
error: a.yaml:4:3: network.bound_reads: unknown key; it belongs under protocol
  4 |   bound_reads: 4
    |   ^^^^^^^^^^^
error: a.yaml:5:3: network.banana: unknown key; known here: latency_ticks, message_loss_rate, request_latency_ticks, request_loss_rate, duplication_rate, reorder_rate, reorder_ticks
  5 |   banana: 2
    |   ^^^^^^",
    );
}

#[test]
fn missing_fields() {
    assert_errors(
        "simulation: {num_agents: 4}\nscenario:\n  name: x\nartifacts:\n  - id: a\n  - size_tokens: 5\n",
        "
error: a.yaml:1:1: simulation.duration_ticks: missing; add duration_ticks here: a whole number from 1 to 100000000
  1 | simulation: {num_agents: 4}
    | ^^^^^^^^^^
error: a.yaml:2:1: scenario.action_probability: missing; add action_probability here: a number from 0 to 1; or agent_velocity, actions in every tick
  2 | scenario:
    | ^^^^^^^^
error: a.yaml:5:5: artifacts[0].size_tokens: missing; add size_tokens here: a whole number from 1 to 1000000000
  5 |   - id: a
    |     ^
error: a.yaml:6:5: artifacts[1].id: missing; add id here: text of 1 to 200 characters on one line
  6 |   - size_tokens: 5
    |     ^",
    );
}

#[test]
fn missing_sections() {
    assert_errors(
        "network: {}\n",
        "
error: a.yaml:1:1: simulation.duration_ticks: missing; add a section simulation with duration_ticks: a whole number from 1 to 100000000
  1 | network: {}
    | ^
error: a.yaml:1:1: simulation.num_agents: missing; add a section simulation with num_agents: a whole number from 1 to 1000000
  1 | network: {}
    | ^
error: a.yaml:1:1: scenario.name: missing; add a section scenario with name: text of 1 to 200 characters on one line
  1 | network: {}
    | ^
error: a.yaml:1:1: scenario.action_probability: missing; add a section scenario with action_probability: a number from 0 to 1; or agent_velocity, actions in every tick
  1 | network: {}
    | ^
error: a.yaml:1:1: artifacts: missing; add artifacts here: a list of one or more artifacts, each {id: …, size_tokens: …}
  1 | network: {}
    | ^",
    );
}

#[test]
fn keys_set_twice() {
    assert_errors(
        &with("network:\n  reorder_ticks: 1\n  reorder_ticks: 1\nfaults: {}\nfaults: {}\n"),
        "
error: a.yaml:3:3: network.reorder_ticks: set twice, first on line 2; keep one
  3 |   reorder_ticks: 1
    |   ^^^^^^^^^^^^^
error: a.yaml:5:1: faults: set twice, first on line 4; keep one
  5 | faults: {}
    | ^^^^^^",
    );
}

#[test]
fn artifacts_that_are_none() {
    assert_errors(
        &with("artifacts: []\n"),
        "
error: a.yaml:1:12: artifacts: found an empty list, allowed: a list of one or more artifacts, each {id: …, size_tokens: …}
  1 | artifacts: []
    |            ^",
    );
    assert_errors(
        &with("artifacts:\n  - plan.md\n"),
        "
error: a.yaml:2:5: artifacts[0]: found \"plan.md\", allowed: a mapping with id and size_tokens
  2 |   - plan.md
    |     ^^^^^^^",
    );
}

#[test]
fn the_same_id_twice() {
    assert_errors(
        &with("artifacts:\n  - {id: a-1, size_tokens: 5}\n  - {id: a, size_tokens: 5, count: 3}\n"),
        "
error: a.yaml:3:10: artifacts[1].id: \"a-1\" is already the id of the artifact on line 2
  3 |   - {id: a, size_tokens: 5, count: 3}
    |          ^",
    );
}

#[test]
fn durations() {
    assert_errors(
        &with(
            "network: {latency_ticks: {unifrm: {min: 0, max: 3}}, request_latency_ticks: soon}\n\
             protocol: {write_ticks: {uniform: {min: 5, max: 3}}}\n\
             faults: {recovery_ticks: {lognormal: {median: 0, sigma: 1, mx: 4}}}\n",
        ),
        "
error: a.yaml:1:27: network.latency_ticks.unifrm: unknown key; did you mean uniform?
  1 | network: {latency_ticks: {unifrm: {min: 0, max: 3}}, request_latency_ticks: soon}
    |                           ^^^^^^
error: a.yaml:1:77: network.request_latency_ticks: found \"soon\", allowed: a whole number from 0 to 100000, or a distribution such as {uniform: {min: 0, max: 3}}
  1 | network: {latency_ticks: {unifrm: {min: 0, max: 3}}, request_latency_ticks: soon}
    |                                                                             ^^^^
error: a.yaml:2:49: protocol.write_ticks.uniform.max: found 3, allowed: at least min, which is 5
  2 | protocol: {write_ticks: {uniform: {min: 5, max: 3}}}
    |                                                 ^
error: a.yaml:3:27: faults.recovery_ticks.lognormal.max: missing; add max here: a whole number from 0 to 100000
  3 | faults: {recovery_ticks: {lognormal: {median: 0, sigma: 1, mx: 4}}}
    |                           ^^^^^^^^^
error: a.yaml:3:47: faults.recovery_ticks.lognormal.median: found 0, allowed: a number from 0.001 to 100000
  3 | faults: {recovery_ticks: {lognormal: {median: 0, sigma: 1, mx: 4}}}
    |                                               ^
error: a.yaml:3:60: faults.recovery_ticks.lognormal.mx: unknown key; did you mean max?
  3 | faults: {recovery_ticks: {lognormal: {median: 0, sigma: 1, mx: 4}}}
    |                                                            ^^",
    );
    assert_errors(
        &with("network: {latency_ticks: {constant: 1, uniform: 2}}\nfaults: {recovery_ticks: {uniform: 3}}\n"),
        "
error: a.yaml:1:26: network.latency_ticks: found a mapping, allowed: one distribution, such as {uniform: {min: 0, max: 3}}
  1 | network: {latency_ticks: {constant: 1, uniform: 2}}
    |                          ^
error: a.yaml:2:36: faults.recovery_ticks.uniform: found 3, allowed: a mapping with min, max
  2 | faults: {recovery_ticks: {uniform: 3}}
    |                                    ^",
    );
}

#[test]
fn more_than_a_run_can_hold() {
    assert_errors(
        &with(
            "simulation: {duration_ticks: 100000000, num_agents: 1000000}\n\
             artifacts: [{id: a, size_tokens: 1000000000, count: 100000}]\n",
        ),
        "
error: a.yaml:1:30: simulation.duration_ticks: this scenario can come to 100000000000000 actions, allowed: at most 4000000000
  1 | simulation: {duration_ticks: 100000000, num_agents: 1000000}
    |                              ^^^^^^^^^
error: a.yaml:1:30: simulation.duration_ticks: this scenario can come to 110000100000000000000000000000 tokens, allowed: at most 1000000000000000000
  1 | simulation: {duration_ticks: 100000000, num_agents: 1000000}
    |                              ^^^^^^^^^",
    );
    assert_errors(
        &with("artifacts:\n  - {id: a, size_tokens: 1, count: 60000}\n  - {id: b, size_tokens: 1, count: 60000}\n"),
        "
error: a.yaml:3:10: artifacts[1]: this scenario can come to 120000 artifacts, allowed: at most 100000
  3 |   - {id: b, size_tokens: 1, count: 60000}
    |          ^",
    );
}

#[test]
fn syntax() {
    assert_errors(
        "simulation:\n\tseed: 1\n",
        "
error: a.yaml:2:2: not valid YAML: a tab cannot indent; use spaces
  2 | \tseed: 1
    | \t^",
    );
    assert_errors(
        "simulation:\n  duration_ticks 40\n  seed: 1\n",
        "
error: a.yaml:3:7: not valid YAML: a second ': ' in one value; is a ':' missing on the line before, the indentation off, or a text in need of quotes?
  3 |   seed: 1
    |       ^",
    );
    assert_errors(
        "artifacts: [{id: a}\n",
        "
error: a.yaml:2:1: not valid YAML: while parsing a flow sequence, expected ',' or ']'
  2 |
    | ^",
    );
}

#[test]
fn yaml_that_has_no_meaning_here() {
    assert_errors(
        "a: 1\n---\nb: 1\n",
        "
error: a.yaml:2:1: a second document starts here; a scenario file holds one
  2 | ---
    | ^^^",
    );
    assert_errors(
        "simulation: !!map {}\n",
        "
error: a.yaml:1:13: a tag has no meaning in a scenario file; remove it
  1 | simulation: !!map {}
    |             ^^^^^^^",
    );
    assert_errors(
        "? {a: b}\n: 1\n",
        "
error: a.yaml:1:3: a key must be a plain word
  1 | ? {a: b}
    |   ^",
    );
    assert_errors(
        "- 1\n",
        "
error: a.yaml:1:1: found a list, allowed: a mapping with simulation, scenario, artifacts and so on
  1 | - 1
    | ^",
    );
    for empty in ["", "# nothing\n", "---\n", "~\n", "\u{feff}"] {
        assert_errors(
            empty,
            "error: a.yaml: is empty; docs/scenario-format.md has an example to start from",
        );
    }
}

#[test]
fn aliases_are_bounded() {
    assert_errors(
        "a: *nowhere\n",
        "
error: a.yaml:1:4: not valid YAML: this alias names no value above it
  1 | a: *nowhere
    |    ^",
    );
    assert_errors(
        "a: &a [*a]\n",
        "
error: a.yaml:1:8: this alias stands inside the value that it names
  1 | a: &a [*a]
    |        ^^",
    );
    assert_errors(
        "a: {<<: 5}\n",
        "
error: a.yaml:1:5: << takes a mapping, or a list of mappings
  1 | a: {<<: 5}
    |     ^^",
    );
    assert!(errors(&"[".repeat(40)).contains(":33: nested deeper than 32 levels"));

    let keys: String = (0..201).map(|key| format!("k{key}: 1\n")).collect();
    assert!(errors(&keys).contains(":201:1: more than 200 keys in one mapping"));

    let keys: String = (0..200).map(|key| format!("  k{key}: 1\n")).collect();
    let merges = "  - {<<: *big}\n".repeat(501);
    let merged = format!("big: &big\n{keys}artifacts:\n{merges}");
    assert!(errors(&merged).contains("the aliases merged with << add up to more than 100000 keys"));

    // A billion laughs: every level names the one before it ten times.
    let mut laughs = "a0: &a0 [lol]\n".to_owned();
    for level in 1..12 {
        let names = vec![format!("*a{}", level - 1); 10].join(", ");
        laughs += &format!("a{level}: &a{level} [{names}]\n");
    }
    assert!(errors(&laughs).starts_with("error: a.yaml:1:1: a0: unknown key"));
}

#[test]
fn one_mistake_used_through_an_alias_is_reported_once() {
    assert_errors(
        &with("network: {latency_ticks: &t {uniform: 1}, request_latency_ticks: *t}\n"),
        "
error: a.yaml:1:39: network.latency_ticks.uniform: found 1, allowed: a mapping with min, max
  1 | network: {latency_ticks: &t {uniform: 1}, request_latency_ticks: *t}
    |                                       ^",
    );
}

#[test]
fn many_mistakes_are_counted_and_long_lines_cut() {
    let list = "artifacts: [".to_owned() + &"{}, ".repeat(100) + "]\n";
    let text = errors(&with(&list));
    assert!(text.ends_with("\nerror: a.yaml: and at least 150 more mistakes"), "{text}");
    let last_snippet = text.lines().rev().nth(2).unwrap();
    assert_eq!(last_snippet.chars().count(), "  1 | ……".chars().count() + 120, "{last_snippet}");
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let text = errors(&with("network: {\"\\e[31m\": 1, reorder_ticks: \u{1b}[31m}\n"));
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_keep_places_right() {
    assert_errors(
        &format!("\u{feff}{}", with("faults: {}\nnetwork:\n  banana: 1\n").replace('\n', "\r\n")),
        "
error: a.yaml:3:3: network.banana: unknown key; known here: latency_ticks, message_loss_rate, request_latency_ticks, request_loss_rate, duplication_rate, reorder_rate, reorder_ticks
  3 |   banana: 1
    |   ^^^^^^",
    );
}

#[test]
fn files_that_cannot_be_read() {
    let folder = std::env::temp_dir().join(format!("attune-scenario-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let read = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        let text = Scenario::read(&path).expect_err(name).to_string();
        text.replace(path.to_str().unwrap(), name)
    };
    assert_eq!(
        read("latin1.yaml", b"a: \xe9\n"),
        "error: latin1.yaml: is not UTF-8 text: byte 4 is not; save the file as UTF-8"
    );
    assert_eq!(
        read("large.yaml", &vec![b' '; FILE_BYTES_MAX + 1]),
        "error: large.yaml: is larger than 4 MiB; give equal artifacts once, with count"
    );
    assert_eq!(
        read("empty.yaml", b""),
        "error: empty.yaml: is empty; docs/scenario-format.md has an example to start from"
    );
    let problem = |path| Scenario::read(path).unwrap_err().mistakes.remove(0).problem;
    assert_eq!(problem(&folder), Problem::Directory);
    assert!(matches!(problem(&folder.join("absent.yaml")), Problem::Unreadable(_)));
    std::fs::remove_dir_all(&folder).unwrap();
}
