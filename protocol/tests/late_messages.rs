//! Messages that arrive when nobody expects them any more. Each of these once broke a promise.

mod world;

use attune_protocol::{AtTick, AtUpgrade, Expiry, Miss, Read, Rules, State, Strategy, Version};
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

/// `A1`'s grants take longer than they last: each arrives after the news of its expiry.
fn hears_of_its_grant_too_late(story: &mut Story) {
    story.does(Step::Upgrade(A1));
    story.arrives("a1 upgrade");
    story.does(Step::Wait(10));
    story.does(Step::Expire);
    story.arrives("a1 invalidate");
    story.arrives("a1 grant");
}

#[test]
fn a_grant_that_comes_too_late_ends_its_request() {
    let mut story = Story::new("Leases shorter than the way.", 2, plain(Strategy::lazy()));
    for _ in 0..3 {
        hears_of_its_grant_too_late(&mut story);
        assert_eq!(story.world.entry(A1).state(), State::Invalid);
        assert!(story.world.agents[1].outstanding.is_none(), "the request is answered");
    }
    story.commits(A1);
    assert_eq!(story.world.ghost.commits_by_agent(), [0, 1]);
}

#[test]
fn a_later_grant_of_a_request_that_ended_is_given_back() {
    let mut story = Story::new("One request, two grants.", 2, plain(Strategy::lazy()));
    story.does(Step::Upgrade(A1));
    story.arrives("a1 upgrade");
    story.does(Step::Wait(10));
    story.does(Step::Expire);
    story.arrives("a1 invalidate");
    story.does(Step::Retransmit(A1));
    story.arrives("a1 upgrade");
    assert_eq!(story.world.line.owner(), Some(A1));
    story.arrives("a1 grant #1 v1 e2");
    story.arrives("a1 grant #1 v1 e4");
    story.arrives("a1 release");
    assert_eq!(story.world.line.owner(), None, "nobody waits for a deadline");
}

/// What is published while the upgrade is under way is newer than the grant, and stays.
#[test]
fn a_grant_that_comes_too_late_leaves_a_newer_copy() {
    for (expiry, then) in
        [(Expiry::Never, Read::Hit(Version::FIRST)), (Expiry::Ticks(50), Read::Miss(Miss::Expired))]
    {
        let strategy = Strategy { expiry, ..Strategy::broadcast() };
        let mut story = Story::new("A grant after a publication.", 2, plain(strategy));
        story.reads(A1);
        story.does(Step::Upgrade(A1));
        story.arrives("a1 upgrade");
        story.does(Step::Wait(10));
        story.does(Step::Expire);
        story.lost("a1 invalidate");
        story.does(Step::Publish);
        story.arrives("a1 published");
        story.arrives("a1 grant");
        assert_eq!(story.world.entry(A1).state(), State::Shared);
        assert_eq!(read(&story), then, "not synced by it");
    }
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
