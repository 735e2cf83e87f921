//! Which sessions rules may be developed on, and which are kept apart to judge them: by a hash of the
//! session's name alone, so that a session stays where it is when others come.

use sha2::{Digest, Sha256};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Develop,
    Test,
}

impl Part {
    /// The part of a session. What an importer appends to tell namesakes apart (`#2`) makes no
    /// difference: they are records of the same session.
    pub fn of(session: &str) -> Part {
        let name = session.split('#').next().unwrap_or(session);
        // The bit was chosen so that the recorded sessions with real handoffs are on both sides, by
        // their number, before anything was measured by it.
        match (Sha256::digest(name)[1] >> 6) & 1 {
            0 => Part::Develop,
            _ => Part::Test,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Part::Develop => "develop",
            Part::Test => "test",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_half_are_kept_apart_and_namesakes_stay_together() {
        let test = (0..1000).filter(|n| Part::of(&format!("session-{n}")) == Part::Test).count();
        assert!((440..560).contains(&test), "{test}");
        assert_eq!(Part::of("a#2"), Part::of("a"));
    }
}
