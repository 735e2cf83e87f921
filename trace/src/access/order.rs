use super::Access;
use std::collections::BTreeSet;

/// Follows the accesses of a trace, in whatever form it is, and finds the one out of order.
#[derive(Debug, Default)]
pub struct Order {
    /// The session of the access before, and the sequence there.
    before: Option<(String, u64)>,
    /// The sessions before that one.
    over: BTreeSet<String>,
}

/// Lines of one session follow one another, and within it sequences ascend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfOrder {
    #[error(
        "sequence {found} after {before} in the same session: sequences ascend; an access is there \
         twice, or they were sorted by something else"
    )]
    Sequence { before: u64, found: u64 },
    #[error(
        "session {session:?} again, after another one: lines of one session follow one another; \
         sort them by session, or give sessions of the same name different ones"
    )]
    Session { session: String },
}

impl Order {
    pub fn follow(&mut self, access: &Access) -> Result<(), OutOfOrder> {
        let found = access.sequence;
        match &mut self.before {
            Some((session, before)) if *session == access.session => {
                if found <= *before {
                    return Err(OutOfOrder::Sequence { before: *before, found });
                }
                *before = found;
            }
            before => {
                if self.over.contains(&access.session) {
                    return Err(OutOfOrder::Session { session: access.session.clone() });
                }
                let over = before.replace((access.session.clone(), found));
                self.over.extend(over.map(|(session, _)| session));
            }
        }
        Ok(())
    }
}
