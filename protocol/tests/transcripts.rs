//! Stories, one per behaviour, to be read in `golden/`: what happens, which messages go where,
//! and what that makes of the line and of the entries.

mod world;

use attune_protocol::{Rules, Strategy};
use world::Step;
use world::script::{A0, A1, A2, Story, plain};

/// One agent reads, the other commits, the first reads again.
fn read_and_write(story: &mut Story) {
    story.note("a1 reads, twice");
    story.reads(A1);
    story.reads(A1);
    story.note("a0 upgrades, writes and commits");
    story.commits(A0);
    story.note("a1 reads again");
    story.reads(A1);
}

#[test]
fn lazy() {
    let mut story = Story::new("Lazy: invalidate at the commit.", 2, plain(Strategy::lazy()));
    read_and_write(&mut story);
    story.is_golden("lazy");
}

#[test]
fn eager() {
    let title = "Eager: invalidate at the upgrade; the grant waits until nobody can read any more.";
    let mut story = Story::new(title, 2, plain(Strategy::eager()));
    story.note("a1 has a copy");
    story.reads(A1);
    story.note("a0 upgrades; a1 is told, and the grant waits for its acknowledgement");
    story.does(Step::Upgrade(A0));
    story.arrives("a0 upgrade");
    story.arrives("a1 invalidate");
    story.arrives("a1 acknowledge");
    story.arrives("a0 grant");
    story.note("meanwhile a1 may read the last committed version, but not keep it");
    story.reads(A1);
    story.does(Step::Read(A1));
    story.lost("a1 fetch");
    story.note("a0 commits; nobody is left to be told");
    story.does(Step::Write(A0));
    story.does(Step::Commit(A0));
    story.all_arrive();
    story.note("a1 asks again and may keep what it gets");
    story.does(Step::Retransmit(A1));
    story.all_arrive();
    story.is_golden("eager");
}

#[test]
fn lease() {
    let title = "Lease: as lazy, and a copy expires 4 ticks after its last sync.";
    let mut story = Story::new(title, 2, plain(Strategy::lease(4)));
    read_and_write(&mut story);
    story.note("nothing is written, but time passes");
    story.does(Step::Wait(3));
    story.reads(A1);
    story.does(Step::Wait(1));
    story.reads(A1);
    story.is_golden("lease");
}

#[test]
fn access_count() {
    let title = "Access count: as lazy, and a copy is good for 2 reads after its last sync.";
    let mut story = Story::new(title, 2, plain(Strategy::access_count(2)));
    read_and_write(&mut story);
    story.note("two more reads, then a sync");
    story.reads(A1);
    story.reads(A1);
    story.reads(A1);
    story.is_golden("access_count");
}

#[test]
fn push() {
    let title = "Push: the content goes to the holders at the commit.";
    let mut story = Story::new(title, 3, plain(Strategy::push()));
    read_and_write(&mut story);
    story.note("a2 never had a copy, so it was sent nothing");
    story.reads(A2);
    story.is_golden("push");
}

#[test]
fn broadcast() {
    let title = "Broadcast: the content goes to everybody at every tick, asked for or not.";
    let mut story = Story::new(title, 2, plain(Strategy::broadcast()));
    story.note("the first tick");
    story.does(Step::Publish);
    story.all_arrive();
    read_and_write(&mut story);
    story.note("the commit said nothing to a1; the next tick does");
    story.does(Step::Wait(1));
    story.does(Step::Publish);
    story.all_arrive();
    story.reads(A1);
    story.is_golden("broadcast");
}

#[test]
fn invalidation_overtakes_fill() {
    let title = "An invalidation overtakes the fill: it may be read once, and not kept.";
    let mut story = Story::new(title, 2, plain(Strategy::lazy()));
    story.note("a1 asks for a copy");
    story.does(Step::Read(A1));
    story.arrives("a1 fetch");
    story.note("before the fill arrives, a0 commits");
    story.does(Step::Upgrade(A0));
    story.arrives("a0 upgrade");
    story.arrives("a0 grant");
    story.does(Step::Write(A0));
    story.does(Step::Commit(A0));
    story.arrives("a0 commit");
    story.arrives("a0 committed");
    story.note("the invalidation is faster");
    story.arrives("a1 invalidate");
    story.arrives("a1 fill");
    story.arrives("a1 acknowledge");
    story.note("the next read asks again");
    story.reads(A1);
    story.is_golden("invalidation_overtakes_fill");
}

#[test]
fn commit_is_retried() {
    let title = "The answer to a commit is lost, and the commit repeated: it is applied once.";
    let mut story = Story::new(title, 2, plain(Strategy::lazy()));
    story.note("a0 commits, and does not hear of it");
    story.does(Step::Upgrade(A0));
    story.all_arrive();
    story.does(Step::Write(A0));
    story.does(Step::Commit(A0));
    story.arrives("a0 commit");
    story.lost("a0 committed");
    story.note("a0 asks again and hears what it missed");
    story.does(Step::Retransmit(A0));
    story.all_arrive();

    story.note("the same, but a1 commits before a0 asks again");
    story.does(Step::Upgrade(A0));
    story.all_arrive();
    story.does(Step::Write(A0));
    story.does(Step::Commit(A0));
    story.arrives("a0 commit");
    story.lost("a0 committed");
    story.commits(A1);
    story.note("the line cannot tell any more, and says so");
    story.does(Step::Retransmit(A0));
    story.all_arrive();
    story.is_golden("commit_is_retried");
}

#[test]
fn lease_expires_under_a_slow_writer() {
    let title = "The lease expires under a slow writer: its commit is refused, though nobody \
                 else wrote.";
    let mut story = Story::new(title, 2, plain(Strategy::lazy()));
    story.note("a0 writes for 6 ticks, then heartbeats, then writes for 10 more");
    story.does(Step::Upgrade(A0));
    story.all_arrive();
    story.does(Step::Write(A0));
    story.does(Step::Wait(6));
    story.does(Step::Heartbeat(A0));
    story.all_arrive();
    story.does(Step::Wait(10));
    story.note("the lease is over; the invalidation that says so is lost");
    story.does(Step::Expire);
    story.lost("a0 invalidate");
    story.does(Step::Commit(A0));
    story.all_arrive();
    story.note("a0 starts over");
    story.commits(A0);
    story.is_golden("lease_expires");
}

#[test]
fn silent_holder() {
    let title = "Eager, and a holder stays silent: the claim waits 3 ticks for it, not for ever.";
    let rules = Rules { bound_reads: Some(2), ..plain(Strategy::eager()) };
    let mut story = Story::new(title, 2, rules);
    story.note("a1 has a copy, and will not hear that a0 wants to write");
    story.reads(A1);
    story.does(Step::Upgrade(A0));
    story.arrives("a0 upgrade");
    story.lost("a1 invalidate");
    story.note("a0 asks again, so a1 is told again, in vain");
    story.does(Step::Retransmit(A0));
    story.arrives("a0 upgrade");
    story.lost("a1 invalidate");
    story.does(Step::Wait(3));
    story.does(Step::Expire);
    story.arrives("a0 grant");
    story.note("a1 goes on reading; only its bound stops it");
    story.does(Step::Read(A1));
    story.does(Step::Read(A1));
    story.does(Step::Read(A1));
    story.all_arrive();
    story.note("the commit tells it once more");
    story.does(Step::Write(A0));
    story.does(Step::Commit(A0));
    story.all_arrive();
    story.is_golden("silent_holder");
}

#[test]
fn second_upgrade_is_held() {
    let title = "Two upgrades race: the second is told who holds the line, and tries again.";
    let mut story = Story::new(title, 2, plain(Strategy::lazy()));
    story.note("both have a copy");
    story.reads(A0);
    story.reads(A1);
    story.does(Step::Upgrade(A0));
    story.does(Step::Upgrade(A1));
    story.note("a1's message is the faster one");
    story.arrives("a1 upgrade");
    story.arrives("a0 upgrade");
    story.arrives("a0 held");
    story.arrives("a1 grant");
    story.does(Step::Write(A1));
    story.does(Step::Commit(A1));
    story.all_arrive();
    story.note("a0 tries again, and writes on what a1 committed");
    story.commits(A0);
    story.is_golden("second_upgrade_is_held");
}

#[test]
fn owner_crashes() {
    let title = "The owner crashes and comes back while its messages are still under way.";
    let mut story = Story::new(title, 2, plain(Strategy::lazy()));
    story.note("a0 crashes while it writes");
    story.does(Step::Upgrade(A0));
    story.repeated("a0 upgrade");
    story.arrives("a0 upgrade");
    story.repeated("a0 grant");
    story.arrives("a0 grant");
    story.does(Step::Write(A0));
    story.does(Step::Crash(A0));
    story.note("it upgrades again: a new request, so a new epoch, without waiting for the lease");
    story.does(Step::Upgrade(A0));
    story.arrives("a0 upgrade #2");
    story.note("what is left from before the crash changes nothing");
    story.arrives("a0 upgrade #1");
    story.arrives("a0 grant #1");
    story.arrives("a0 release #1");
    story.arrives("a0 grant #2");
    story.note("it crashes for good, and a1 has to wait for the lease");
    story.does(Step::Crash(A0));
    story.does(Step::Upgrade(A1));
    story.all_arrive();
    story.does(Step::Wait(10));
    story.does(Step::Upgrade(A1));
    story.all_arrive();
    story.is_golden("owner_crashes");
}

#[test]
fn bound_reads() {
    let title = "Every invalidation is lost: after K = 3 reads a copy has to be synced.";
    let rules = Rules { bound_reads: Some(3), ..plain(Strategy::lazy()) };
    let mut story = Story::new(title, 2, rules);
    story.note("a1 reads, a0 commits");
    story.reads(A1);
    story.does(Step::Upgrade(A0));
    story.all_arrive();
    story.does(Step::Write(A0));
    story.does(Step::Commit(A0));
    story.arrives("a0 commit");
    story.lost("a1 invalidate");
    story.all_arrive();
    story.note("a1 reads the old version, three times");
    for _ in 0..4 {
        story.reads(A1);
    }
    story.is_golden("bound_reads");
}

#[test]
fn revalidation() {
    let title = "Revalidation: an expired copy that is still current is confirmed, not sent.";
    let rules = Rules { revalidate: true, ..plain(Strategy::lease(2)) };
    let mut story = Story::new(title, 2, rules);
    story.note("a1 reads");
    story.reads(A1);
    story.does(Step::Wait(2));
    story.note("expired, unchanged");
    story.reads(A1);
    story.note("a0 commits");
    story.commits(A0);
    story.note("invalidated, changed");
    story.reads(A1);
    story.is_golden("revalidation");
}

#[test]
fn unwanted_grant() {
    let title = "A late copy of an upgrade is granted to nobody's use: the grant is given back.";
    let mut story = Story::new(title, 2, plain(Strategy::lazy()));
    story.note("a0 commits; a copy of its upgrade is still under way");
    story.does(Step::Upgrade(A0));
    story.repeated("a0 upgrade");
    story.arrives("a0 upgrade");
    story.arrives("a0 grant");
    story.does(Step::Write(A0));
    story.does(Step::Commit(A0));
    story.arrives("a0 commit");
    story.arrives("a0 committed");
    story.note("all is done, and here comes the copy");
    story.all_arrive();
    story.note("nobody has to wait for a deadline");
    story.does(Step::Upgrade(A1));
    story.all_arrive();
    story.is_golden("unwanted_grant");
}
