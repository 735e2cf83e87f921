//! Traces as tests write them down.

use attune_sim::engine::StrategyName;
use attune_sim::money::Prices;
use attune_sim::rerun::{Account, Comparison, Settings, rerun};
use attune_trace::ReadError;
use attune_trace::access::{Access, ContentId, LineRange, Op, Outcome};

/// An access of `s` to `x`, all else unknown.
pub fn access(agent: &str, op: Op) -> Access {
    Access {
        session: "s".to_string(),
        sequence: 0,
        time_ms: None,
        agent: agent.to_string(),
        turn: None,
        project: None,
        artifact: "x".to_string(),
        op,
        tokens: None,
        artifact_tokens: None,
        lines: None,
        total_lines: None,
        version: None,
        base: None,
        outcome: Outcome::Done,
        model: None,
    }
}

/// A read of the whole, which has so many tokens.
pub fn whole(agent: &str, tokens: u64) -> Access {
    Access { tokens: Some(tokens), artifact_tokens: Some(tokens), ..access(agent, Op::Read) }
}

/// A read of some lines.
pub fn lines(agent: &str, (first, last): (u64, u64), tokens: u64) -> Access {
    let lines = Some(LineRange::new(first, last).unwrap());
    Access { tokens: Some(tokens), lines, ..access(agent, Op::Read) }
}

/// A read of unknown lines.
pub fn scattered(agent: &str, tokens: u64) -> Access {
    Access { tokens: Some(tokens), ..access(agent, Op::Read) }
}

/// A write of so many tokens, after which the whole has so many.
pub fn write(agent: &str, tokens: u64, artifact_tokens: u64) -> Access {
    Access {
        tokens: Some(tokens),
        artifact_tokens: Some(artifact_tokens),
        ..access(agent, Op::Write)
    }
}

pub fn at(seconds: i64, access: Access) -> Access {
    Access { time_ms: Some(1_000_000 + seconds * 1000), ..access }
}

pub fn of(artifact: &str, access: Access) -> Access {
    Access { artifact: artifact.to_string(), ..access }
}

/// In a session of the project `p`.
pub fn session(name: &str, access: Access) -> Access {
    Access { session: name.to_string(), project: Some("p".to_string()), ..access }
}

/// With the content that was read or made.
pub fn content(name: &str, access: Access) -> Access {
    Access { version: Some(ContentId(name.to_string())), ..access }
}

/// With the content that was replaced, and the one that was made.
pub fn replacing(base: &str, made: &str, access: Access) -> Access {
    Access { base: Some(ContentId(base.to_string())), ..content(made, access) }
}

pub fn compare(accesses: &[Access], settings: &Settings) -> Comparison {
    let accesses = accesses.iter().cloned().map(Ok::<Access, ReadError>);
    rerun(accesses, settings, &Prices::built_in()).unwrap()
}

pub fn account(comparison: &Comparison, strategy: StrategyName) -> &Account {
    comparison.strategies.iter().find(|account| account.strategy == strategy).unwrap()
}

/// What lazy invalidation makes of it.
pub fn lazy(accesses: &[Access], settings: &Settings) -> Account {
    account(&compare(accesses, settings), StrategyName::Lazy).clone()
}
