//! Which sessions belong to one source.

use super::calibrate::Source;
use attune_trace::access::{Access, Header};

/// The tool name of traces that were made from plain access records, which name their source
/// themselves; it is their project.
const PLAIN: &str = "jsonl";

/// Sorts the accesses of one trace into sources: the projects of a trace of plain access records,
/// else the whole trace under this name. A session is of the project of its first access, and stays one.
pub fn collect<E>(
    header: &Header,
    name: &str,
    accesses: impl IntoIterator<Item = Result<Access, E>>,
    sources: &mut Vec<Source>,
) -> Result<(), E> {
    let mut last: Option<(usize, String)> = None;
    for access in accesses {
        let access = access?;
        if let Some((place, session)) = &last
            && *session == access.session
            && let Some(session) = sources[*place].sessions.last_mut()
        {
            session.push(access);
            continue;
        }
        let source = match &access.project {
            Some(project) if header.source == PLAIN => project.as_str(),
            _ => name,
        };
        let place = match sources.iter().position(|known| known.name == source) {
            Some(place) => place,
            None => {
                sources.push(Source { name: source.to_string(), sessions: Vec::new() });
                sources.len() - 1
            }
        };
        last = Some((place, access.session.clone()));
        sources[place].sessions.push(vec![access]);
    }
    Ok(())
}
