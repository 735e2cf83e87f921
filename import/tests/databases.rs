//! What is kept in SQLite: LangGraph's checkpoints, OpenCode's newer sessions.
#![cfg(feature = "sqlite")]

mod common;

use attune_import::{Content, ImportError, Role, Session, Tool};
use common::{import, shown};
use rmpv::Value;
use rusqlite::Connection;
use std::fs;
use std::path::PathBuf;

fn database(name: &str, schema: &str) -> (PathBuf, Connection) {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(schema).unwrap();
    (path, connection)
}

fn packed(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, value).unwrap();
    bytes
}

fn map(members: &[(&str, Value)]) -> Value {
    Value::Map(members.iter().map(|(name, value)| ((*name).into(), value.clone())).collect())
}

/// A message as LangGraph's serializer writes it: its class and its fields.
fn message(kind: &str, id: &str, content: &str, calls: Vec<Value>) -> Value {
    let fields = map(&[
        ("content", content.into()),
        ("type", kind.into()),
        ("id", id.into()),
        ("tool_calls", Value::Array(calls)),
    ]);
    let parts = vec!["langchain_core.messages".into(), "Message".into(), fields, "x".into()];
    Value::Ext(5, packed(&Value::Array(parts)))
}

const CHECKPOINTS: &str = "CREATE TABLE checkpoints (thread_id TEXT NOT NULL, checkpoint_ns TEXT \
    NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL, parent_checkpoint_id TEXT, type TEXT, \
    checkpoint BLOB, metadata BLOB);";

fn writes_table(path: &str) -> String {
    format!(
        "CREATE TABLE writes (thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', \
         checkpoint_id TEXT NOT NULL, task_id TEXT NOT NULL, {path} idx INTEGER NOT NULL, channel \
         TEXT NOT NULL, type TEXT, value BLOB);"
    )
}

/// A scout writes notes and a message; then a writer and a critic run at once.
fn graph(name: &str, with_path: bool) -> PathBuf {
    let path_column = if with_path { "task_path TEXT NOT NULL DEFAULT ''," } else { "" };
    let (path, connection) =
        database(name, &(CHECKPOINTS.to_string() + &writes_table(path_column)));
    let human = message("human", "m1", "Write about moss.", Vec::new());
    let call = map(&[
        ("id", "c1".into()),
        ("name", "look".into()),
        ("args", map(&[("at", "moss".into())])),
    ]);
    let answer = message("ai", "m2", "I looked.", vec![call]);
    let version = |number: u32| Value::from(format!("{number:032}.0.5"));
    let steps = [
        (
            "1",
            vec![("messages", Value::Array(vec![human.clone()])), ("branch:to:scout", Value::Nil)],
            vec![("messages", version(1))],
            vec![("__start__", map(&[("__start__", version(1))]))],
        ),
        (
            "2",
            vec![
                ("messages", Value::Array(vec![human.clone(), answer.clone()])),
                ("notes", "Moss is green.".into()),
            ],
            vec![("messages", version(2)), ("notes", version(2))],
            vec![
                ("__start__", map(&[("__start__", version(1))])),
                ("scout", map(&[("branch:to:scout", version(1))])),
            ],
        ),
        (
            "3",
            vec![
                ("messages", Value::Array(vec![human, answer.clone()])),
                ("notes", "Moss is green. And soft.".into()),
                ("draft", "Moss.".into()),
            ],
            vec![("messages", version(2)), ("notes", version(3)), ("draft", version(3))],
            vec![
                ("__start__", map(&[("__start__", version(1))])),
                ("scout", map(&[("branch:to:scout", version(1))])),
                ("critic", map(&[("branch:to:critic", version(2))])),
                ("writer", map(&[("branch:to:writer", version(2))])),
            ],
        ),
    ];
    for (place, (id, values, versions, seen)) in steps.into_iter().enumerate() {
        let checkpoint = map(&[
            ("v", 4.into()),
            ("ts", format!("2026-04-05T06:07:0{place}+00:00").into()),
            ("channel_values", map(&values)),
            ("channel_versions", map(&versions)),
            ("versions_seen", map(&seen)),
        ]);
        let parent = (place > 0).then(|| place.to_string());
        let row = (id, parent, packed(&checkpoint));
        let insert = "INSERT INTO checkpoints VALUES ('t', '', ?1, ?2, 'msgpack', ?3, '{}')";
        connection.execute(insert, row).unwrap();
    }
    let more: Value = " And soft.".into();
    let writes = [
        ("1", "task-a", "scout", 0, "messages", "msgpack", packed(&Value::Array(vec![answer]))),
        ("1", "task-a", "scout", 1, "notes", "json", b"\"Moss is green.\"".to_vec()),
        ("1", "task-a", "scout", 2, "branch:to:writer", "null", Vec::new()),
        ("2", "task-b", "critic", 0, "notes", "msgpack", packed(&more)),
        ("2", "task-c", "writer", 0, "draft", "msgpack", packed(&"Moss.".into())),
        ("2", "task-c", "writer", 1, "secret", "pickle", b"\x80".to_vec()),
    ];
    for (checkpoint, task, node, index, channel, kind, value) in writes {
        let columns = if with_path { "task_path, " } else { "" };
        let path = if with_path { format!("'~__pregel_pull, {node}', ") } else { String::new() };
        let insert = format!(
            "INSERT INTO writes (thread_id, checkpoint_id, task_id, {columns} idx, channel, type, \
             value) VALUES ('t', ?1, ?2, {path} ?3, ?4, ?5, ?6)"
        );
        connection.execute(&insert, (checkpoint, task, index, channel, kind, value)).unwrap();
    }
    path
}

fn sessions(tool: Tool, path: PathBuf) -> Vec<Session> {
    import(tool, &[path]).map(Result::unwrap).collect()
}

fn told(session: &Session) -> Vec<String> {
    session.accesses().map(|access| format!("{} {}", access.agent, shown(access))).collect()
}

#[test]
fn nodes_read_the_state_and_write_channels() {
    let path = graph("graph.sqlite", true);
    let mut all = import(Tool::LangGraph, &[path]);
    let session = all.next().unwrap().unwrap();
    assert!(all.next().is_none());
    let version = |number: u32| format!("{number:032}.0.5");
    let (v1, v2, v3) = (version(1), version(2), version(3));
    let expected = [
        format!("scout READS state:messages 4 tokens of 4, v {v1}"),
        format!("scout WRITES state:messages 12 tokens of 16, v {v2} from {v1}"),
        format!("scout WRITES state:notes 5 tokens of 5, v {v2}"),
        format!("critic READS state:messages 16 tokens of 16, v {v2}"),
        format!("critic READS state:notes 5 tokens of 5, v {v2}"),
        format!("critic WRITES state:notes 3 tokens of 8, v {v3} from {v2}"),
        format!("writer READS state:messages 16 tokens of 16, v {v2}"),
        format!("writer READS state:notes 5 tokens of 5, v {v2}"),
        format!("writer WRITES state:draft 3 tokens of 3, v {v3}"),
    ];
    assert_eq!(told(&session), expected);
    let said = session.records.iter().find_map(|record| match &record.content {
        Content::Message { role: Role::Assistant, text } => Some((&*record.agent, &**text)),
        _ => None,
    });
    assert_eq!(said, Some(("scout", "I looked.")));
    let calls =
        session.records.iter().filter(|record| matches!(record.content, Content::ToolCall { .. }));
    assert_eq!(calls.count(), 1);
    let skipped = &all.report().files[0].skipped;
    assert_eq!(skipped["a write that cannot be decoded"].count, 1);
}

#[test]
fn older_tables_tell_nodes_apart_where_one_ran() {
    let session = sessions(Tool::LangGraph, graph("old-graph.sqlite", false)).remove(0);
    let agents = |artifact: &str| -> Vec<String> {
        let writes = session
            .accesses()
            .filter(|access| access.base.is_some() || access.artifact == artifact);
        writes
            .filter(|access| access.artifact == artifact)
            .map(|access| access.agent.clone())
            .collect()
    };
    // Which of the two that ran at once wrote the draft, nothing says.
    assert_eq!(agents("state:draft"), ["task:task-c"]);
    assert!(agents("state:messages").iter().any(|agent| agent == "scout"));
}

#[test]
fn a_database_of_opencode_is_read_as_its_files_are() {
    let schema = "CREATE TABLE session (id TEXT PRIMARY KEY, project_id TEXT, parent_id TEXT, \
        directory TEXT, title TEXT, time_created INTEGER); CREATE TABLE message (id TEXT PRIMARY \
        KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT); CREATE TABLE \
        part (id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT, time_created INTEGER, \
        time_updated INTEGER, data TEXT);";
    let (path, connection) = database("opencode.db", schema);
    connection
        .execute_batch(
            r#"INSERT INTO session VALUES ('ses_a', 'p', NULL, '/home/cy/loom', 'x', 1000);
            INSERT INTO session VALUES ('ses_b', 'p', 'ses_a', '/home/cy/loom', 'y', 2000);
            INSERT INTO message VALUES ('m1', 'ses_a', 1, 1, '{"role":"assistant","modelID":"gpt-5.2","time":{"created":1000}}');
            INSERT INTO message VALUES ('m2', 'ses_b', 2, 2, '{"role":"assistant","time":{"created":3000}}');
            INSERT INTO part VALUES ('p1', 'm1', 'ses_a', 1, 1, '{"type":"tool","tool":"write","callID":"c","state":{"status":"completed","input":{"filePath":"/home/cy/loom/a.ts","content":"x"},"output":"ok"}}');
            INSERT INTO part VALUES ('p2', 'm2', 'ses_b', 2, 2, '{"type":"tool","tool":"read","callID":"c","state":{"status":"completed","input":{"filePath":"a.ts"},"output":"<content>1: x\n\n(End of file - total 1 lines)"}}');
            INSERT INTO part VALUES ('p3', 'm2', 'ses_b', 3, 3, 'no JSON');"#,
        )
        .unwrap();
    let sessions = sessions(Tool::OpenCode, path);
    assert_eq!(sessions.len(), 1);
    let accesses: Vec<_> = sessions[0]
        .accesses()
        .map(|access| (access.agent.clone(), access.artifact.clone(), access.version.clone()))
        .collect();
    assert_eq!(accesses.len(), 2);
    assert_eq!((&*accesses[0].0, &*accesses[1].0), ("main", "sub:ses_b"));
    // What was read is what was written.
    assert_eq!((&accesses[0].1, &accesses[0].2), (&accesses[1].1, &accesses[1].2));
}

#[test]
fn another_programs_database_is_told_apart() {
    let graph = graph("not-opencode.db", true);
    let options = attune_import::Options::default;
    let error = attune_import::Import::new(Tool::OpenCode, &[graph], options()).err().unwrap();
    assert!(
        error.to_string().ends_with("this looks like LangGraph: attune import langgraph"),
        "{error}"
    );
    let (other, _) = database("other.sqlite", "CREATE TABLE a (b);");
    let error = attune_import::Import::new(Tool::LangGraph, &[other], options()).err().unwrap();
    assert!(matches!(error, ImportError::Foreign { looks_like: None, .. }), "{error}");
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("no.sqlite");
    fs::write(&path, [0_u8, 1, 2].repeat(500)).unwrap();
    let error = attune_import::Import::new(Tool::LangGraph, &[path], options()).err().unwrap();
    assert!(error.to_string().contains("cannot be read as a SQLite database"), "{error}");
}

/// A folder of this test's own, with these files.
fn folder(name: &str, files: &[(&str, Vec<u8>)]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    for (name, bytes) in files {
        fs::write(path.join(name), bytes).unwrap();
    }
    path
}

#[test]
fn other_databases_in_a_folder_are_skipped() {
    let good = fs::read(graph("good-of-folder.sqlite", true)).unwrap();
    let (other, connection) = database("other-of-folder.sqlite", "CREATE TABLE a (b);");
    drop(connection);
    let cut = good[..good.len() / 2].to_vec();
    let files = [
        ("a.db", b"no database at all".to_vec()),
        ("b.db", fs::read(other).unwrap()),
        ("c.db", Vec::new()),
        ("d.db", br#"{"sessionId": "s", "type": "user"}"#.to_vec()),
        ("e.db", cut),
        ("good.db", good),
    ];
    let path = folder("databases-langgraph", &files);
    let mut all = import(Tool::LangGraph, std::slice::from_ref(&path));
    let found: Vec<Session> = all.by_ref().map(Result::unwrap).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].accesses().count(), 9);
    for file in &all.report().files[..4] {
        assert_eq!(file.skipped.len(), 1, "{file:?}");
    }
    let why = all.report().files[3].skipped.keys().next().unwrap();
    assert_eq!(why, "this is no database; this looks like Claude Code: attune import claude-code");
    // None of them is OpenCode's.
    fs::write(path.join("s.json"), r#"{"info": {"id": "s"}, "messages": []}"#).unwrap();
    assert_eq!(sessions(Tool::OpenCode, path).len(), 1);
}

#[test]
fn copies_of_a_database_count_once() {
    let good = graph("copied.sqlite", true);
    let before = sessions(Tool::LangGraph, good.clone());
    let copies = folder("databases-copies", &[]);
    fs::copy(&good, copies.join("b.db")).unwrap();
    // An older copy, which comes first by name.
    fs::copy(&good, copies.join("a.db")).unwrap();
    let older = Connection::open(copies.join("a.db")).unwrap();
    older.execute_batch("DELETE FROM checkpoints WHERE checkpoint_id = '3'").unwrap();
    drop(older);
    assert_eq!(sessions(Tool::LangGraph, copies.clone()), before);
    // Two that went on by themselves: each checkpoint counts once.
    let other = Connection::open(copies.join("a.db")).unwrap();
    other
        .execute_batch(
            "INSERT INTO checkpoints SELECT thread_id, checkpoint_ns, '4', '2', type, checkpoint, \
             metadata FROM checkpoints WHERE checkpoint_id = '2'",
        )
        .unwrap();
    drop(other);
    let both = sessions(Tool::LangGraph, copies);
    let count = |all: &[Session]| all.iter().map(|one| one.accesses().count()).sum::<usize>();
    assert_eq!(both.len(), 2);
    assert!(count(&both) > count(&before) && count(&both) < 2 * count(&before));
}

#[test]
fn a_row_that_cannot_be_read_costs_itself() {
    let schema = "CREATE TABLE session (id, parent_id, directory, time_created); CREATE TABLE \
        message (id, session_id, time_created, data); CREATE TABLE part (id, message_id, \
        time_created, data);";
    let (path, connection) = database("odd-rows.db", schema);
    connection
        .execute_batch(
            r#"INSERT INTO session VALUES ('s', 5, '/r', 'late'), (NULL, NULL, '/r', 1), (x'ff', NULL, NULL, 1);
            INSERT INTO message VALUES ('m1', 's', 1, NULL), ('m2', 's', 2, 'no JSON'), (7, 's', 3, '{}');
            INSERT INTO part VALUES ('p1', 'm1', 1, '{"type":"text","text":"one"}'), ('p2', 'm2', 1, CAST(x'7b2274797065223a2274657874222c2274657874223a2274ff6f227d' AS TEXT)), ('p3', 'm2', 1, 5);"#,
        )
        .unwrap();
    let session = sessions(Tool::OpenCode, path).remove(0);
    let said: Vec<_> = session
        .records
        .iter()
        .filter_map(|record| match &record.content {
            Content::Message { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(said, ["one", "t\u{fffd}o"]);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(100))]
    #[test]
    fn a_damaged_database_harms_no_other(
        changes in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), proptest::prelude::any::<u8>()), 1..200),
        cut in proptest::option::of(proptest::prelude::any::<proptest::sample::Index>()),
    ) {
        use std::sync::OnceLock;
        static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
        let good = GOOD.get_or_init(|| fs::read(graph("fuzzed.sqlite", true)).unwrap());
        let mut damaged = good.clone();
        for (place, byte) in changes {
            let place = place.index(damaged.len());
            damaged[place] = byte;
        }
        if let Some(cut) = cut {
            damaged.truncate(cut.index(damaged.len()));
        }
        let session = br#"{"info": {"id": "by"}, "messages": []}"#.to_vec();
        let path = folder("databases-fuzzed", &[("a.db", damaged.clone()), ("b.json", session)]);
        let found = sessions(Tool::OpenCode, path.clone());
        proptest::prop_assert!(found.iter().any(|one| one.id == "by"));
        if let Ok(all) = attune_import::Import::new(Tool::LangGraph, &[path], Default::default()) {
            all.for_each(|one| drop(one.unwrap()));
        }
    }
}
