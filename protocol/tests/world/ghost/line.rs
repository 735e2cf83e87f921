//! What the line does: versions come into being rightly, and what it says of them is true.

use super::{Checked, Commit, Content, Ghost, word};
use attune_protocol::{
    AgentId, Ask, Hold, Input, Line, Refusal, RequestId, Tell, Tick, ToAgent, ToLine, Word,
};

impl Ghost {
    /// The line went from `before` to `after` and said `told`.
    pub fn line_did(
        &mut self,
        before: &Line<Word>,
        after: &Line<Word>,
        now: Tick,
        input: Input,
        content: Option<Content>,
        told: &[ToAgent],
    ) -> Checked {
        if after.version() != before.version() {
            let Input::Message(message) = input else {
                return Err("a version without a commit".to_owned());
            };
            self.accepts(before, after, now, message, content)?;
        }
        not_stolen(before, after, now, input)?;
        self.note_exclusion(before, after, now);
        if let Input::Message(message) = input {
            let hold = whose(before.hold(), message.agent);
            self.watched(|| format!("line, {hold}: {}", word(&message.ask)));
        }
        for message in told {
            if message.version != after.version() {
                return Err(format!("the line says {} at {}", message.version, after.version()));
            }
            let Input::Message(ToLine { ask: Ask::Commit, agent, request, .. }) = input else {
                continue;
            };
            self.answers_commit(agent, request, message)?;
        }
        Ok(())
    }

    /// A version comes into being: by the owner, in its epoch and time, once, and derived from
    /// the version right before.
    fn accepts(
        &mut self,
        before: &Line<Word>,
        after: &Line<Word>,
        now: Tick,
        message: ToLine,
        content: Option<Content>,
    ) -> Checked {
        let ToLine { agent, request, epoch, .. } = message;
        let content = content.filter(|_| message.ask == Ask::Commit).ok_or("no commit")?;
        let grant = match before.hold() {
            Hold::Owned(claim) if claim.agent == agent && claim.deadline > now => before.epoch(),
            hold => return Err(format!("a commit by {agent} is accepted under {hold:?}")),
        };
        if epoch != grant {
            return Err(format!("a commit of {epoch} is accepted under {grant}"));
        }
        if self.bases[content.0 - 1] != self.current() {
            return Err(format!("{agent}'s commit overwrites what it has not seen"));
        }
        if after.version() != before.version().next() {
            return Err("a commit makes more than one version".to_owned());
        }
        let again = self.commits.iter().any(|c| (c.agent, c.request) == (agent, request));
        if again || self.contents.contains(&content) {
            return Err(format!("{agent}'s commit is applied twice"));
        }
        if self.refused.contains(&(agent, request)) {
            return Err(format!("{agent}'s commit is accepted after it was refused"));
        }
        self.contents.push(content);
        self.commits.push(Commit { agent, request, content, version: after.version() });
        Ok(())
    }

    /// What is said of a commit is true of it.
    fn answers_commit(&mut self, agent: AgentId, request: RequestId, answer: &ToAgent) -> Checked {
        if answer.agent != agent || answer.tell.is_event() {
            return Ok(());
        }
        let accepted = self.commits.iter().find(|c| (c.agent, c.request) == (agent, request));
        match answer.tell {
            Tell::Committed if accepted.map(|c| c.version) != Some(answer.version) => {
                Err(format!("{agent} is told of a commit that was not accepted"))
            }
            Tell::Refused(Refusal::LostEpoch { .. } | Refusal::StaleBase { .. }) => {
                self.refused.insert((agent, request));
                match accepted {
                    Some(_) => Err(format!("{agent}'s accepted commit is refused")),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Under eager invalidation a grant that did not come by a deadline promises to be alone.
    fn note_exclusion(&mut self, before: &Line<Word>, after: &Line<Word>, now: Tick) {
        let Hold::Owned(_) = after.hold() else {
            self.alone = None;
            return;
        };
        if matches!(before.hold(), Hold::Owned(_)) && before.epoch() == after.epoch() {
            return;
        }
        let timed_out = matches!(before.hold(), Hold::Claimed(claim) if claim.deadline <= now)
            && before.epoch() == after.epoch();
        self.watched(|| format!("line grants, timed out: {timed_out}"));
        self.alone = (!timed_out).then_some(after.epoch());
    }
}

/// Who has the line, or is next, keeps it until the deadline or until it says otherwise itself.
fn not_stolen(before: &Line<Word>, after: &Line<Word>, now: Tick, input: Input) -> Checked {
    let (Hold::Owned(claim) | Hold::Claimed(claim)) = before.hold() else { return Ok(()) };
    let same = before.epoch() == after.epoch() && after.hold() != Hold::Free;
    let own = matches!(input, Input::Message(message) if message.agent == claim.agent
        && matches!(message.ask, Ask::Upgrade | Ask::Commit | Ask::Release));
    if same || own || claim.deadline <= now {
        return Ok(());
    }
    Err(format!("{} loses the line to somebody else's {input:?}", claim.agent))
}

fn whose(hold: Hold, agent: AgentId) -> &'static str {
    match hold {
        Hold::Free => "free",
        Hold::Claimed(claim) if claim.agent == agent => "claimed by the sender",
        Hold::Claimed(_) => "claimed by another",
        Hold::Owned(claim) if claim.agent == agent => "owned by the sender",
        Hold::Owned(_) => "owned by another",
    }
}
