//! The same state under other names.
//!
//! Agents, epochs and requests are only ever compared, never computed with beyond *the next one*;
//! times only as differences. So states that differ in such names alone behave alike, and a model
//! checker needs one of them. [`crate::Line::renamed`] and [`crate::Entry::renamed`] show every
//! name that they hold to a [`Names`] and put its answer in the place.

use crate::{Accepted, AgentId, Epoch, RequestId, State, Tick, Version};

/// Gives each name another one. Whoever only wants to see the names gives them back as they are.
pub trait Names {
    fn agent(&mut self, agent: AgentId) -> AgentId;
    fn epoch(&mut self, epoch: Epoch) -> Epoch;
    /// The last commit, which can come again: its acknowledgement is then dated by the epoch after
    /// its own.
    fn accepted(&mut self, accepted: Accepted) -> Accepted;
    fn request(&mut self, agent: AgentId, request: RequestId) -> RequestId;
    /// When the line's claim or grant ends, as the line knows it.
    fn deadline(&mut self, deadline: Tick) -> Tick;
    /// When an agent's shared copy expires, as the agent knows it.
    fn expiry(&mut self, expiry: Tick) -> Tick;
    /// Until when an agent believes that its grant lasts: it decides nothing.
    fn believed(&mut self, deadline: Tick) -> Tick;
    /// The version that an entry in this state has, readable or not.
    fn version(&mut self, state: State, version: Version) -> Option<Version>;
    /// Reads since the last sync, of an entry in this state.
    fn reads(&mut self, state: State, reads: u16) -> u16;
}
