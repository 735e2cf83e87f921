//! An agent of the simulation: what it is doing, and its random streams.

use super::streams::{self, Use};
use attune_protocol::{Ask, RequestId, ToLine};
use rand_chacha::ChaCha8Rng;

/// What an agent is doing.
#[derive(Clone, Copy, Debug)]
pub enum Doing {
    Nothing,
    /// Waiting for an answer since tick `since`: to a commit, or to another request.
    Waiting {
        artifact: u32,
        since: u32,
        commit: bool,
    },
    /// Writing, with the grant in hand.
    Writing {
        artifact: u32,
        until: u32,
        heartbeat: u32,
    },
    Down {
        until: u32,
    },
}

pub struct Agent {
    pub doing: Doing,
    /// The last request id used. Survives a crash.
    request: RequestId,
    pub accesses: ChaCha8Rng,
    /// The artifact of its last access, where the next may be on the same.
    pub last: Option<u32>,
    /// Between two bursts.
    pub rests: bool,
    /// The request to send again if no answer comes, where one may be lost.
    pub sent: Option<ToLine>,
}

impl Agent {
    pub fn new(seed: i64, agent: u32) -> Agent {
        Agent {
            doing: Doing::Nothing,
            request: RequestId::default(),
            accesses: streams::stream(seed, agent, Use::Accesses),
            last: None,
            rests: false,
            sent: None,
        }
    }

    /// From now on the agent waits for the answer to `sent`.
    pub fn wait(&mut self, artifact: u32, now: u32, sent: ToLine) {
        self.doing = Doing::Waiting { artifact, since: now, commit: sent.ask == Ask::Commit };
        self.sent = Some(sent);
    }

    #[inline]
    pub fn next_request(&mut self) -> RequestId {
        self.request = self.request.next();
        self.request
    }
}
