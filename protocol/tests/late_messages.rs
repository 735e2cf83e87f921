//! Messages that arrive when nobody expects them any more. Each of these once broke a promise.

mod world;

use attune_protocol::{AtTick, AtUpgrade, Expiry, Miss, Read, Rules, State, Strategy};
use world::Step;
use world::script::{A0, A1, Story, plain};

/// Content is pushed to `A1`, which crashes after the line has been told that it has no copy; a
/// repetition of the push then arrives at an agent that cannot know that it is old.
fn pushed_before_the_crash(strategy: Strategy) -> Story {
    let mut story = Story::new("A push from before a crash.", 2, plain(strategy));
    story.reads(A1);
    story.does(Step::Upgrade(A0));
    if strategy.at_upgrade == AtUpgrade::Invalidate {
        // The claim goes through without A1, so that the commit has somebody to push to.
        story.arrives("a0 upgrade");
        story.lost("a1 invalidate");
        story.does(Step::Wait(3));
        story.does(Step::Expire);
    }
    story.all_arrive();
    story.does(Step::Write(A0));
    story.does(Step::Commit(A0));
    story.arrives("a0 commit");
    story.repeated("a1 update");
    story.does(Step::Fetch(A1));
    story.lost("a1 fetch");
    story.arrives("a1 update");
    story.arrives("a1 acknowledge");
    story.does(Step::Crash(A1));
    story
}

#[test]
fn a_push_from_before_a_crash_makes_no_copy() {
    let mut story = pushed_before_the_crash(Strategy::push());
    story.arrives("a1 update");
    assert_eq!(story.world.entry(A1).state(), State::Invalid);
}

#[test]
fn a_push_from_before_a_crash_makes_no_reader_beside_the_writer() {
    let strategy = Strategy { at_commit: Strategy::push().at_commit, ..Strategy::eager() };
    let mut story = pushed_before_the_crash(strategy);
    story.arrives("a0 committed");
    story.does(Step::Upgrade(A0));
    story.arrives("a0 upgrade");
    story.arrives("a0 grant");
    assert_eq!(story.world.line.owner(), Some(A0));
    story.arrives("a1 update");
    assert!(!story.world.entry(A1).is_readable());
}

#[test]
fn a_push_that_an_upgrade_waits_for_makes_no_copy_after_a_crash() {
    let mut story = pushed_before_the_crash(Strategy::push());
    story.does(Step::Upgrade(A1));
    story.arrives("a1 update");
    assert_eq!(story.world.entry(A1).state(), State::UpgradingInvalid);
}

#[test]
fn a_push_that_came_too_early_is_not_taken_later() {
    let mut story = Story::new("An update overtakes the fill.", 2, plain(Strategy::push()));
    story.does(Step::Upgrade(A0));
    story.all_arrive();
    story.does(Step::Write(A0));
    story.does(Step::Fetch(A1));
    story.arrives("a1 fetch");
    story.does(Step::Commit(A0));
    story.arrives("a0 commit");
    story.repeated("a1 update");
    story.arrives("a1 update");
    story.arrives("a1 acknowledge");
    assert!(!story.world.line.may_hold(A1), "a1 said that it has no copy");
    story.arrives("a1 fill");
    story.arrives("a1 update");
    assert_eq!(story.world.entry(A1).state(), State::Invalid);
}

/// Eager invalidation and a push at every tick contradict one another; what was promised to the
/// writer wins.
fn eager_broadcast() -> Rules {
    plain(Strategy { at_tick: AtTick::Push, ..Strategy::eager() })
}

#[test]
fn publishing_answers_for_nobody() {
    let mut story = Story::new("A publication during a claim.", 2, eager_broadcast());
    story.reads(A1);
    story.does(Step::Upgrade(A0));
    story.arrives("a0 upgrade");
    story.does(Step::Publish);
    assert_eq!(story.world.line.owner(), None, "a1 has not acknowledged");
    story.all_arrive();
    assert_eq!(story.world.line.owner(), Some(A0));
}

#[test]
fn what_is_published_beside_an_eager_writer_is_not_taken() {
    let mut story = Story::new("A publication during a grant.", 2, eager_broadcast());
    story.reads(A1);
    story.commits(A0);
    story.does(Step::Upgrade(A0));
    story.all_arrive();
    story.does(Step::Publish);
    story.all_arrive();
    assert!(!story.world.entry(A1).is_readable());
}

#[test]
fn what_is_published_after_an_acknowledgement_is_known() {
    let strategy = Strategy { at_tick: AtTick::Push, ..Strategy::lazy() };
    let mut story = Story::new("An acknowledgement after a publication.", 2, plain(strategy));
    story.reads(A1);
    story.does(Step::Upgrade(A0));
    story.all_arrive();
    story.does(Step::Write(A0));
    story.does(Step::Commit(A0));
    story.arrives("a0 commit");
    story.arrives("a1 invalidate");
    story.does(Step::Publish);
    story.arrives("a1 acknowledge");
    story.arrives("a1 published");
    assert!(story.world.entry(A1).is_readable() && story.world.line.may_hold(A1));
}

#[test]
fn a_writer_that_lost_its_draft_is_published_to_like_everybody() {
    let mut story = Story::new("A release.", 2, plain(Strategy::broadcast()));
    story.does(Step::Publish);
    story.all_arrive();
    story.does(Step::Upgrade(A0));
    story.all_arrive();
    story.does(Step::Write(A0));
    story.does(Step::Release(A0));
    story.all_arrive();
    assert_eq!(story.world.entry(A0).state(), State::Invalid);
    story.does(Step::Publish);
    story.all_arrive();
    assert_eq!(story.world.entry(A0).state(), State::Shared);
}

/// `A1` upgrades with a copy in hand, and the answer does not come.
fn waits_for_an_upgrade(strategy: Strategy) -> Story {
    let mut story = Story::new("An upgrade without an answer.", 2, plain(strategy));
    story.reads(A1);
    story.does(Step::Upgrade(A1));
    story.lost("a1 upgrade");
    story
}

fn read(story: &Story) -> Read {
    let mut entry = *story.world.entry(A1);
    entry.read(story.world.now, &story.world.rules)
}

#[test]
fn a_copy_expires_while_an_upgrade_is_under_way() {
    assert_eq!(Strategy::lease(4).expiry, Expiry::Ticks(4));
    let mut story = waits_for_an_upgrade(Strategy::lease(4));
    story.does(Step::Wait(4));
    assert_eq!(read(&story), Read::Miss(Miss::Expired));
}

#[test]
fn reads_while_an_upgrade_is_under_way_count() {
    let mut story = waits_for_an_upgrade(Strategy::access_count(2));
    story.does(Step::Read(A1));
    story.does(Step::Read(A1));
    assert_eq!(read(&story), Read::Miss(Miss::Expired));
}
