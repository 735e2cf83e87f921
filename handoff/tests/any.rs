//! Any session at all: nothing panics, the budget holds, the same comes out again, and what is
//! written is what the schema describes.

mod common;
mod schema;

use attune_handoff::{Dna, Form, Options, SCHEMA, extraction};
use attune_import::{Content, Record, Role, Session};
use attune_trace::access::{Access, ContentId, LineRange, Op, Outcome};
use common::{garden, kinds, least, records};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Texts that the rules look for, in pieces.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>().prop_map(|text| text.chars().take(40).collect()),
        prop::sample::select(vec![
            "never ",
            "don’t touch ",
            "no, revert ",
            "instead of ",
            " because ",
            "the issue is ",
            "Done. ",
            "?\n",
            "- [ ] ",
            "- [x] ",
            "## Next Steps\n",
            "1. Pending Tasks:\n",
            "```\n",
            "--- FAIL: Beds (0.1s)\n",
            "3 failed\n",
            "[main 1a2b3c4] x\n",
            "<system-reminder>",
            "<command-args>",
            "…",
            "→ é. Ä ",
            "\u{1b}[31m",
            "https://x.example ",
            "Task #1 ",
            "The user doesn't want to ",
            "the user said:",
            "Exit code 1\n",
            "a/b/c.rs ",
        ])
        .prop_map(str::to_string),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn input() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "command",
        "file_path",
        "todos",
        "taskId",
        "status",
        "subject",
        "new_string",
        "questions",
        "plan",
        "action",
        "anything",
    ]);
    let list = prop::collection::vec((text(), text()), 0..3).prop_map(|tasks| {
        let task = |(content, status): (String, String)| json!({"content": content, "status": status, "question": content});
        Value::from(tasks.into_iter().map(task).collect::<Vec<_>>())
    });
    let value = prop_oneof![
        text().prop_map(Value::from),
        prop::sample::select(vec!["git commit", "cargo test && make", "completed", "1"])
            .prop_map(Value::from),
        list,
        any::<Option<u8>>().prop_map(Value::from),
    ];
    prop::collection::vec((names, value), 0..4).prop_map(|members| {
        Value::Object(members.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
    })
}

fn content() -> impl Strategy<Value = Content> {
    let role =
        prop::sample::select(vec![Role::User, Role::Assistant, Role::System, Role::Thinking]);
    let call = prop::sample::select(vec!["a", "b", "c"]).prop_map(str::to_string);
    let name = prop::sample::select(vec![
        "TodoWrite",
        "TaskCreate",
        "TaskUpdate",
        "Bash",
        "Edit",
        "AskUserQuestion",
        "update_seat",
        "x",
    ])
    .prop_map(str::to_string);
    let access =
        ("[a-c/]{0,6}", any::<bool>(), any::<Option<u8>>(), 1..90_u64, 0..9_u64, any::<bool>());
    prop_oneof![
        (role, text()).prop_map(|(role, text)| Content::Message { role, text }),
        (call.clone(), name, input()).prop_map(|(call, name, input)| Content::ToolCall {
            call,
            name,
            input
        }),
        (call.clone(), text(), any::<bool>())
            .prop_map(|(call, text, failed)| Content::ToolResult { call, text, failed }),
        prop::option::of(text()).prop_map(|summary| Content::Compaction {
            summary,
            tokens_before: None,
            trigger: None
        }),
        (call, text()).prop_map(|(call, text)| Content::Return {
            call,
            agent: None,
            text,
            tokens: None
        }),
        access.prop_map(|(artifact, write, version, first, more, failed)| {
            Content::Access(Box::new(Access {
                session: "s".to_string(),
                sequence: 0,
                time_ms: None,
                agent: "main".to_string(),
                turn: None,
                project: None,
                artifact,
                op: if write { Op::Write } else { Op::Read },
                tokens: None,
                artifact_tokens: None,
                lines: LineRange::new(first, first + more).ok(),
                total_lines: Some(first + more),
                version: version.map(|version| ContentId(format!("{version:016x}"))),
                base: None,
                outcome: if failed { Outcome::Failed } else { Outcome::Done },
                model: None,
            }))
        }),
    ]
}

fn session() -> impl Strategy<Value = Session> {
    let agent = prop::sample::select(vec!["main", "main", "main", "sub:1"]);
    prop::collection::vec((agent, content()), 0..30).prop_map(|contents| {
        let records = contents.into_iter().enumerate().map(|(place, (agent, mut content))| {
            let sequence = place as u64 + 1;
            if let Content::Access(access) = &mut content {
                access.sequence = sequence;
            }
            Record { sequence, time_ms: None, agent: agent.into(), turn: 0, model: None, content }
        });
        Session { id: "any".to_string(), project: None, records: records.collect() }
    })
}

proptest! {
    #[test]
    fn any_session_has_a_dna(
        session in session(),
        budget in 0..3000_usize,
        more in 0..1000_usize,
        at in prop::option::of(0..35_u64),
        json in any::<bool>(),
    ) {
        let form = if json { Form::Json } else { Form::Text };
        let extract = |budget_bytes| extraction(&session, &Options { budget_bytes, form, at });
        let small = extract(budget);
        let least = least(&small.dna, form);
        prop_assert!(small.dna.written(form).len() <= budget.max(least));
        prop_assert_eq!(&extract(budget).dna, &small.dna);
        prop_assert!(!small.explained().is_empty());
        let large = extract(budget + more).dna;
        prop_assert!(kinds(&small.dna).iter().all(|kind| kinds(&large).contains(kind)));
        let until = at.unwrap_or(u64::MAX).min(session.records.len() as u64);
        prop_assert!(records(&large).iter().all(|record| (1..=until).contains(record)));
        prop_assert_eq!(&Dna::from_json(&large.to_json()).unwrap(), &large);
        prop_assert_eq!(schema::mistake(&large.to_json()), None);
    }
}

#[test]
fn the_schema_describes_what_is_written_and_nothing_else() {
    let options = Options { budget_bytes: 1 << 20, form: Form::Json, at: None };
    let written = extraction(&garden(), &options).dna.to_json();
    assert_eq!(schema::mistake(&written), None);
    let wrong = [
        (r#""dna":1"#, r#""dna":2"#),
        (r#""why":"rule""#, r#""why":"whim""#),
        (r#""doing":true"#, r#""doing":"yes""#),
        (r#""doing":true"#, r#""done":true"#),
        (r#""lines":[[10,12]]"#, r#""lines":[[10]]"#),
    ];
    for (right, wrong) in wrong {
        assert!(written.contains(right), "{right} in {written}");
        let damaged = written.replacen(right, wrong, 1);
        assert!(schema::mistake(&damaged).is_some(), "{wrong}");
        assert!(Dna::from_json(&damaged).is_err() || wrong.contains("[[10]]"), "{wrong}");
    }
    // Each member that it names is written by somebody: none was forgotten in a rename.
    let named: Value = serde_json::from_str(SCHEMA).unwrap();
    for name in named["properties"].as_object().unwrap().keys() {
        assert!(name == "generation" || written.contains(&format!("\"{name}\":")), "{name}");
    }
}
