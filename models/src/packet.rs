//! A message on its way, in eight bytes.
//!
//! Numbers are kept in a byte each: a checked space has few versions, and epochs and requests are
//! renumbered densely in every state. The content that travels is not kept: it is that of the
//! version that the message names, which the reference checks when it is sent.

use attune_protocol::{
    AgentId, Ask, Epoch, Refusal, RequestId, Tell, Tick, ToAgent, ToLine, Version,
};
use serde::{Deserialize, Serialize};

/// A message on its way. The order is by direction, agent, kind, and then by what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Packet {
    pub to: To,
    pub agent: u8,
    kind: u8,
    pub request: u8,
    version: u8,
    pub epoch: u8,
    /// The epoch or base that is refused.
    refused: u8,
    /// The deadline that is named, and the holder: told to the driver, decided by the line.
    deadline: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum To {
    Line,
    Agent,
}

/// A message read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    ToLine(ToLine),
    ToAgent(ToAgent),
}

fn byte(number: u32) -> u8 {
    u8::try_from(number).expect("a checked space stays below 256 epochs, requests and ticks")
}

fn version(version: Option<Version>) -> u8 {
    version.map_or(0, |version| byte(version.get()))
}

const ASKS: [Ask; 7] = [
    Ask::Fetch,
    Ask::Upgrade,
    Ask::Commit,
    Ask::Release,
    Ask::Heartbeat,
    Ask::Acknowledge { holds: false },
    Ask::Acknowledge { holds: true },
];

impl Packet {
    pub fn to_line(message: &ToLine) -> Packet {
        let kind = ASKS.iter().position(|&ask| ask == message.ask).expect("every ask is listed");
        Packet {
            to: To::Line,
            agent: byte(message.agent.0),
            kind: kind as u8,
            request: byte(message.request.0),
            version: version(message.version),
            epoch: byte(message.epoch.0),
            refused: 0,
            deadline: 0,
        }
    }

    pub fn to_agent(message: &ToAgent) -> Packet {
        let (kind, refused, deadline) = match message.tell {
            Tell::Fill { content, cacheable } => (content as u8 + 2 * cacheable as u8, 0, 0),
            Tell::Grant { content, deadline } => (4 + content as u8, 0, byte(deadline.0)),
            // The holder travels where no other number is needed.
            Tell::Held { holder, deadline, valid } => {
                (6 + valid as u8, byte(holder.0), byte(deadline.0))
            }
            Tell::Committed => (8, 0, 0),
            Tell::Refused(Refusal::LostEpoch { refused }) => (9, byte(refused.0), 0),
            Tell::Refused(Refusal::StaleBase { base }) => (10, version(base), 0),
            Tell::Refused(Refusal::Superseded { refused }) => (11, byte(refused.0), 0),
            Tell::Renewed { deadline } => (12, 0, byte(deadline.0)),
            Tell::Invalidate => (13, 0, 0),
            Tell::Update { acknowledge } => (14 + acknowledge as u8, 0, 0),
        };
        Packet {
            to: To::Agent,
            agent: byte(message.agent.0),
            kind,
            request: byte(message.request.0),
            version: version(Some(message.version)),
            epoch: byte(message.epoch.0),
            refused,
            deadline,
        }
    }

    pub fn message(self) -> Message {
        let agent = AgentId(u32::from(self.agent));
        let request = RequestId(u32::from(self.request));
        let version = Version::new(u32::from(self.version));
        let epoch = Epoch(u32::from(self.epoch));
        if self.to == To::Line {
            let ask = ASKS[usize::from(self.kind)];
            return Message::ToLine(ToLine { agent, request, version, epoch, ask });
        }
        let (kind, deadline) = (self.kind, Tick(u32::from(self.deadline)));
        let refused = Epoch(u32::from(self.refused));
        let tell = match kind {
            0..=3 => Tell::Fill { content: kind & 1 != 0, cacheable: kind & 2 != 0 },
            4 | 5 => Tell::Grant { content: kind & 1 != 0, deadline },
            6 | 7 => Tell::Held {
                holder: AgentId(u32::from(self.refused)),
                deadline,
                valid: kind & 1 != 0,
            },
            8 => Tell::Committed,
            9 => Tell::Refused(Refusal::LostEpoch { refused }),
            10 => Tell::Refused(Refusal::StaleBase { base: Version::new(self.refused.into()) }),
            11 => Tell::Refused(Refusal::Superseded { refused }),
            12 => Tell::Renewed { deadline },
            13 => Tell::Invalidate,
            _ => Tell::Update { acknowledge: kind & 1 != 0 },
        };
        let version = version.expect("what a line says names a version");
        Message::ToAgent(ToAgent { agent, request, version, epoch, tell })
    }

    /// Whether it travels on the event channel.
    pub fn is_event(self) -> bool {
        self.to == To::Agent && self.kind >= 13
    }

    /// Messages of one link keep their order where nothing is reordered.
    pub fn link(self) -> (To, u8, bool) {
        (self.to, self.agent, self.is_event())
    }

    pub fn is_commit(self) -> bool {
        self.to == To::Line && self.kind == 2
    }

    /// A fetch or an upgrade: the line does not look at the epoch that it names.
    pub fn only_asks(self) -> bool {
        self.to == To::Line && self.kind < 2
    }

    pub fn is_heartbeat(self) -> bool {
        self.to == To::Line && self.kind == 4
    }

    /// The same packet under other names; what decides nothing is left out.
    pub fn renamed(
        self,
        agent: u8,
        request: impl FnOnce(u8) -> u8,
        epoch: impl Fn(u8) -> u8,
    ) -> Packet {
        let packet = self.decisive();
        let refused = match packet.refused_epoch() {
            Some(refused) => epoch(refused),
            None => packet.refused,
        };
        let request = request(packet.request);
        let epoch = if packet.only_asks() { 0 } else { epoch(packet.epoch) };
        Packet { agent, request, epoch, refused, ..packet }
    }

    /// The same packet without what decides nothing.
    pub fn decisive(self) -> Packet {
        // The holder that is named.
        let refused = if self.to == To::Agent && self.kind >= 9 { self.refused } else { 0 };
        let epoch = if self.only_asks() { 0 } else { self.epoch };
        // The line looks at the version of a fetch, an upgrade and a commit only.
        let unread = self.to == To::Line && self.kind > 2;
        let version = if unread { 0 } else { self.version };
        Packet { version, epoch, refused, deadline: 0, ..self }
    }

    /// The same without whose it is.
    pub fn nameless(self) -> Packet {
        Packet { agent: 0, ..self }
    }

    /// The epoch that it refuses, if it does.
    pub fn refused_epoch(self) -> Option<u8> {
        (self.to == To::Agent && matches!(self.kind, 9 | 11)).then_some(self.refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_comes_back_as_it_was() {
        let (agent, request, epoch) = (AgentId(1), RequestId(3), Epoch(4));
        for ask in ASKS {
            for version in [None, Version::new(2)] {
                let message = ToLine { agent, request, version, epoch, ask };
                assert_eq!(Packet::to_line(&message).message(), Message::ToLine(message));
            }
        }
        let deadline = Tick(5);
        let flags = [false, true];
        let mut tells = vec![Tell::Committed, Tell::Renewed { deadline }, Tell::Invalidate];
        tells.push(Tell::Refused(Refusal::LostEpoch { refused: Epoch(2) }));
        tells.push(Tell::Refused(Refusal::Superseded { refused: Epoch(2) }));
        tells.push(Tell::Refused(Refusal::StaleBase { base: None }));
        for flag in flags {
            tells.push(Tell::Grant { content: flag, deadline });
            tells.push(Tell::Held { holder: AgentId(2), deadline, valid: flag });
            tells.push(Tell::Update { acknowledge: flag });
            tells.extend(flags.map(|cacheable| Tell::Fill { content: flag, cacheable }));
        }
        for tell in tells {
            let message = ToAgent { agent, request, version: Version::FIRST, epoch, tell };
            assert_eq!(Packet::to_agent(&message).message(), Message::ToAgent(message));
        }
    }
}
