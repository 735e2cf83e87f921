//! Accesses that somebody extracted already: one JSON object per line, with at least `session`,
//! `agent`, `artifact` and `op`.
//!
//! Sizes are in tokens (`tokens`, `artifact_tokens`), or else in bytes (`bytes`, `artifact_bytes`),
//! of which four are taken for a token. `ts` is in seconds since 1970.

use crate::clock::seconds_ms;
use crate::copies::Copies;
use crate::json::{at, number, text};
use crate::record::{Content, Record, Session};
use crate::report::{FileId, Report};
use crate::{ImportError, Plan, lines};
use attune_trace::access::{Access, ContentId, LineRange, NUMBER_MAX, Op, Outcome};
use serde_json::Value;
use std::collections::BTreeMap;

/// How the sizes came about.
pub(crate) const TOKENIZER: &str = "as recorded, or 4 bytes per token";

const BYTES_PER_TOKEN: u64 = 4;

/// What says when an access was.
const PLACES: [&str; 4] = ["seq", "sequence", "ts", "time_ms"];

const SIZES: [&str; 8] = [
    "seq",
    "sequence",
    "turn",
    "total_lines",
    "tokens",
    "artifact_tokens",
    "bytes",
    "artifact_bytes",
];

/// Sessions by source and name. The lines are small: all are kept.
pub(crate) fn plan(files: &[FileId], report: &mut Report) -> Result<Vec<Plan>, ImportError> {
    let mut sessions: BTreeMap<(String, String), Vec<Access>> = BTreeMap::new();
    let mut copies = Copies::default();
    for &file in files {
        copies.next();
        let read = lines::for_each(file, report, |line, record, report| {
            let Some(access) = access(&record) else {
                return report.skip(file, line, "a line that is no access");
            };
            if let Some(name) = too_large(&record) {
                return report.skip(file, line, format!("`{name}` is too large to be added up"));
            }
            // Without a place or a time, equal lines may be of two accesses.
            let has_place = PLACES.iter().any(|name| record.get(name).is_some());
            if files.len() > 1 && has_place && !copies.is_new(&record) {
                return report.skip(file, line, "there already (the same line in another file)");
            }
            let source = text(&record, &["source"]).unwrap_or_default().to_string();
            sessions.entry((source, access.session.clone())).or_default().push(access);
            report.read(file);
        });
        report.survive(file, read)?;
    }
    let plan = |((_, id), accesses): ((String, String), Vec<Access>)| Plan {
        began_ms: accesses.iter().filter_map(|access| access.time_ms).min(),
        read: {
            let id = id.clone();
            Box::new(move |_, _| Ok(session(id, accesses)))
        },
        id,
    };
    Ok(sessions.into_iter().map(plan).collect())
}

fn access(record: &Value) -> Option<Access> {
    let own = |name: &str| text(record, &[name]).map(str::to_string);
    let size = |tokens, bytes| {
        let estimated = number(record, &[bytes]).map(|bytes| bytes.div_ceil(BYTES_PER_TOKEN));
        number(record, &[tokens]).or(estimated)
    };
    let range = at(record, &["range"]).or(at(record, &["lines"]));
    Some(Access {
        session: own("session")?,
        sequence: number(record, &["seq"]).or(number(record, &["sequence"])).unwrap_or(0),
        time_ms: at(record, &["time_ms"])
            .and_then(Value::as_i64)
            .or_else(|| seconds_ms(at(record, &["ts"])?)),
        agent: own("agent")?,
        turn: number(record, &["turn"]),
        project: own("project").or_else(|| own("source")),
        artifact: own("artifact")?,
        op: match text(record, &["op"])? {
            "read" => Op::Read,
            "write" => Op::Write,
            _ => return None,
        },
        tokens: size("tokens", "bytes"),
        artifact_tokens: size("artifact_tokens", "artifact_bytes"),
        lines: range.and_then(|range| {
            let range = LineRange::new(range.get(0)?.as_u64()?, range.get(1)?.as_u64()?);
            range.ok().filter(|range| range.last() <= NUMBER_MAX)
        }),
        total_lines: number(record, &["total_lines"]),
        version: own("version").map(ContentId),
        base: own("base").map(ContentId),
        outcome: match text(record, &["outcome"]) {
            Some("failed") => Outcome::Failed,
            Some("conflict") => Outcome::Conflict,
            Some("done") | None => Outcome::Done,
            Some(_) => return None,
        },
        model: own("model"),
    })
}

/// The first number that is none of an artifact or session: sums of such would not fit.
fn too_large(record: &Value) -> Option<&'static str> {
    SIZES.into_iter().find(|name| number(record, &[name]).is_some_and(|size| size > NUMBER_MAX))
}

/// What has no time stays behind what came before it.
fn by_time(accesses: Vec<Access>) -> Vec<Access> {
    let mut before = i64::MIN;
    let mut timed: Vec<(i64, Access)> = Vec::with_capacity(accesses.len());
    for access in accesses {
        before = access.time_ms.unwrap_or(before);
        timed.push((before, access));
    }
    timed.sort_by_key(|(time, _)| *time);
    timed.into_iter().map(|(_, access)| access).collect()
}

fn session(id: String, mut accesses: Vec<Access>) -> Session {
    match accesses.iter().any(|access| access.sequence > 0) {
        true => accesses.sort_by_key(|access| access.sequence),
        false => accesses = by_time(accesses),
    }
    let project = accesses.first().and_then(|access| access.project.clone());
    let mut before = 0;
    let records = accesses.into_iter().map(|mut access| {
        // One call can touch several artifacts: then the numbers go on from there.
        access.sequence = access.sequence.max(before + 1);
        before = access.sequence;
        Record {
            sequence: access.sequence,
            time_ms: access.time_ms,
            agent: access.agent.as_str().into(),
            turn: access.turn.unwrap_or(0),
            model: access.model.as_deref().map(Into::into),
            content: Content::Access(Box::new(access)),
        }
    });
    Session { id, project, records: records.collect() }
}
